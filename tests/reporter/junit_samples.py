"""JUnit files in the shapes that their producers document, made up for these tests."""

from __future__ import annotations

__all__ = ["GO", "GRADLE", "JEST", "SUREFIRE"]

SUREFIRE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd"
    version="3.0" name="shop.CartTest" time="1,234.5" tests="4" errors="1" skipped="1" failures="0" flakes="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="adds" classname="shop.CartTest" time="0.125">
    <flakyFailure message="expected 2" type="AssertionError">
      <stackTrace><![CDATA[at CartTest.adds]]></stackTrace>
      <system-out><![CDATA[first try]]></system-out>
    </flakyFailure>
    <flakyError type="TimeoutException"><stackTrace><![CDATA[at CartTest.wait]]></stackTrace></flakyError>
  </testcase>
  <testcase name="pays" classname="shop.CartTest" time="1,002.5">
    <error message="refused" type="IOException"><![CDATA[at CartTest.pays]]></error>
    <system-out>paying</system-out>
    <rerunError message="refused again" type="IOException"><stackTrace>at CartTest.pays 2</stackTrace></rerunError>
    <rerunFailure type="AssertionError">old form without an element</rerunFailure>
  </testcase>
  <testcase name="ships" classname="shop.CartTest" time="0"><skipped message="no carrier"/></testcase>
  <testcase name="total" classname="shop.CartTest" time="0,012"/>
</testsuite>
"""

GRADLE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="shop.CartTest" tests="6" skipped="0" failures="3" errors="0" timestamp="2026-01-19T12:00:00"
    hostname="build-7" time="0.5">
  <properties/>
  <testcase name="adds()" classname="shop.CartTest" time="0.1">
    <failure message="expected 2" type="AssertionError">at CartTest</failure>
  </testcase>
  <testcase name="pays()" classname="shop.CartTest" time="0.1"><failure message="one"/></testcase>
  <testcase name="total()" classname="shop.CartTest" time="0.1"/>
  <testcase name="adds()" classname="shop.CartTest" time="0.2"/>
  <testcase name="pays()" classname="shop.CartTest" time="0.1"><failure message="two"/></testcase>
  <testcase name="total()" classname="shop.CartTest" time="0.1"/>
  <system-out><![CDATA[]]></system-out>
  <system-err><![CDATA[warned]]></system-err>
</testsuite>
"""

JEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="3" failures="1" errors="0" time="1.5">
  <testsuite name="cart" errors="0" failures="1" skipped="1" timestamp="2026-01-19T12:00:00" time="1.25" tests="3"
      file="src/cart.test.js">
    <testcase classname="cart adds" name="cart adds" time="0.005"></testcase>
    <testcase classname="cart pays" name="cart pays" time="0.01">
      <failure>Error: expect(received).toBe(expected)
    at src/cart.test.js:7:3</failure>
    </testcase>
    <testcase classname="cart ships" name="cart ships" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>
"""

GO = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" time="0.103">
  <testsuite tests="3" failures="1" time="0.103" name="example/cart" timestamp="2026-01-19T12:00:00Z">
    <properties><property name="go.version" value="go1.22.1 linux/amd64"></property></properties>
    <testcase classname="example/cart" name="TestAdd" time="0.000"></testcase>
    <testcase classname="example/cart" name="TestPay/card" time="0.100">
      <failure message="Failed" type="">cart_test.go:12: refused</failure>
    </testcase>
    <testcase classname="example/cart" name="TestPay/card" time="0.003"></testcase>
  </testsuite>
</testsuites>
"""
