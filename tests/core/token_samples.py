"""Samples of secrets in the shapes that their issuers document, made of parts, and texts that hold none.

Invariants: no sample is written out, so that no scanner of repositories takes this file for a leak; each is the same in
every run. In a shape ``w36`` is 36 letters or digits, ``n`` also with ``_`` and ``-``, ``h`` lower-case hexadecimal,
``a`` letters, ``d`` digits, ``u`` capitals and digits 2 to 7, ``l`` small letters and digits, ``b`` base64, ``c``
capitals and digits; other parts are as they are.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string

__all__ = ["HARMLESS", "SAMPLES"]

_SMALL, _CAPITAL, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
_ALPHABETS = {
    "w": string.ascii_letters + _DIGITS,
    "n": string.ascii_letters + _DIGITS + "_-",
    "h": _DIGITS + "abcdef",
    "a": string.ascii_letters,
    "d": _DIGITS,
    "u": _CAPITAL + "234567",
    "l": _SMALL + _DIGITS,
    "b": string.ascii_letters + _DIGITS + "+/",
    "c": _CAPITAL + _DIGITS,
}
_SHAPES = """
adafruit aio_ w28
adobe p8e- h32
age AGE-SECRET-KEY-1 c58
airtable pat w14 . h64
alibaba LTAI w20
anthropic sk-ant-api03-,sk-ant-admin01-,sk-ant-oat01-,sk-ant-sid01- n93 AA
anthropic sk-ant-api03- n36
atlassian ATATT3,ATCTT3 n186
atlassian ATBB w32
aws AKIA,ASIA,ABIA,ACCA u16
buildkite bkua_ h40
circleci CCIPAT_,CCIPRJ_ w22 _ h40
clojars CLOJARS_ h60
contentful CFPAT- n43
databricks dapi h32
digitalocean dop_v1_,doo_v1_,dor_v1_ h64
docker dckr_pat_ n27
docker dckr_oat_ n32
doppler dp.pt.,dp.st.,dp.ct.,dp.sa.,dp.scim.,dp.audit. w43
duffel duffel_live_,duffel_test_ n43
dynatrace dt0c01.,dt0s01. u24 . u64
easypost EZAK,EZTK w54
figma figd_ n40
flutterwave FLWSECK_TEST- h12
flutterwave FLWSECK- h32 -X
fly fo1_ n43
frameio fio-u- n64
github ghp_,gho_,ghu_,ghs_,ghr_ w36
github github_pat_ w22 _ w59
gitlab glpat-,gldt-,glft-,glsoat-,gloas- n20
gitlab glptt- h40
gitlab glcbt- w2 _ n20
gitlab glimt- n25
gitlab glrt- n20
gitlab glagent- n50
gitlab GR1348941 n20
google AIza n35
google GOCSPX- n28
google ya29. n120
grafana glsa_ w32 _ h8
grafana glc_ b60 ==
groq gsk_ w52
harness pat.,sat. n22 . h24 . w20
heroku HRKU- h8 - h4 - h4 - h4 - h12
huggingface hf_,api_org_ a34
infracost ico- w32
intra42 s-s4t2ud-,s-s4t2af- h64
jfrog AKCp w69
linear lin_api_ w40
linear lin_oauth_ h64
lob live_pub_,test_pub_ h31
mailgun key-,pubkey- h32
mapbox pk.,sk. eyJ w60 . n22
netlify nfp_,nfc_ w40
newrelic NRAK- c27
newrelic NRII- w32
newrelic NRJS- h19
newrelic NRRA- h42
notion ntn_ d11 w35
npm npm_ w36
openai sk- w20 T3BlbkFJ w20
openai sk-proj-,sk-svcacct-,sk-admin- n74 T3BlbkFJ n74
openshift sha256~ n43
perplexity pplx- w48
planetscale pscale_tkn_,pscale_pw_,pscale_oauth_ n43
postman PMAK- h24 - h34
prefect pnu_,pnb_ w36
pulumi pul- h40
pypi pypi-AgEIcHlwaS5vcmc,pypi-AgENdGVzdC5weXBpLm9yZw n150
readme rdme_ l70
replicate r8_ w37
rubygems rubygems_ h48
scalingo tk-us- n48
sendgrid SG. n22 . n43
sendinblue xkeysib-,xsmtpsib- h64 - w16
sentry sntryu_,sntrya_ h64
sentry sntrys_ eyJ b80 _ b43
shippo shippo_live_,shippo_test_ h40
shopify shpat_,shpca_,shppa_,shpss_ h32
slack xoxb- d12 - d12 - w24
slack xoxp-,xoxa-,xoxr-,xoxs-,xoxo- d12 - d12 - d12 - h32
slack xoxc- d12 - d12 - d12 - h64
slack xapp- 1- u11 - d13 - h64
slack xoxe- 1- w146
sourcegraph sgp_,slk_ h40
square sq0atp-,sq0idp- n22
square sq0csp- n43
square EAAA n60
stripe sk_live_,sk_test_,rk_live_,rk_test_,sk_prod_,rk_prod_ w99
stripe sk_live_ w24
stripe whsec_ w32
supabase sbp_ h40
tailscale tskey-auth-,tskey-api-,tskey-client- w12 CNTRL - w32
telegram bot d9 :AA n33
telegram d10 :AA n33
terraform w14 .atlasv1. n67
twilio SK h32
typeform tfp_ n44
vault hvs.,hvb.,hvr. n95
xai xai- w80
yandex AQVN n35
jwt eyJ w33 .eyJ w70 . n43
azure w3 8 Q~ w34
"""
_AROUND = """
private-key |-----BEGIN RSA |PRIVATE KEY-----\\n|b64|\\n|b64|\\n|b20|==\\n-----END RSA |PRIVATE KEY-----
private-key |-----BEGIN |PRIVATE KEY-----\\n|b64|\\n|b30
private-key |-----BEGIN OPENSSH |PRIVATE KEY-----\\\\n|b64|\\\\n-----END OPENSSH |PRIVATE KEY-----
url-credentials postgres://|mia:|w16|@db.example.org:5432/rates
url-credentials https://|w40|@git.example.org/x.git
url-credentials redis://|:|w12|@cache:6379/0
authorization Authorization: Bearer |n40
authorization curl -H 'authorization: bearer |h40
authorization "Authorization": "Basic |b24|==
authorization Proxy-Authorization: Basic |b24
authorization Set-Cookie: |session=|h32
aws-secret aws_secret_access_key = |b40
aws-secret AWS_SECRET_KEY: "|b40
azure DefaultEndpointsProtocol=https;AccountName=x;AccountKey=|b86|==
azure Endpoint=sb://x.example.org/;SharedAccessKey=|b43|=
azure https://x.blob.example.org/c?sv=2022-11-02&sig=|w43|%3D
slack-webhook https://hooks.slack.com/|services/T|c8|/B|c8|/|w24
discord-webhook https://discord.com/api/webhooks/|d18|/|n68
teams-webhook https://x.webhook.office.com/webhookb2/|h32|@|h32|/IncomingWebhook/|h32
assigned password=|w10|7
assigned {"api_key": "|w19|3
assigned --client-secret=|n30|1
assigned DB_PASSWORD='|w8|!x
assigned db_password='|a6| |a8| |a4|'
assigned password: |w10|7
assigned tool --user mia --password |w9|4
assigned api_key: |w14|5
assigned token: |w12|5
assigned client_secret: |w12|5
assigned X-Api-Key: |w16|5
assigned secret_key: |aBcD|a10|EfG
assigned DB_PASS=|w8|5
assigned db_pass = "|w8|5
assigned curl -u admin:|w8|5
assigned curl --user "mia:|w9|5
assigned tool --api-key |w19|3
email from |l8|.x@mail.example.org
email <|l5|+tag@example.com
"""


def _spelled(part: str, source: random.Random) -> str:
    match = re.fullmatch(r"([wnhadulbc])([0-9]+)", part)
    if match is None:
        return part
    body = source.choices(_ALPHABETS[match[1]], k=int(match[2]))
    return "".join([*body[:-1], source.choice(sorted(set(_ALPHABETS[match[1]]) - set("-_+/")))])


def _samples() -> list[tuple[str, str, str]]:
    source = random.Random(4)  # noqa: S311 - the same samples every time, nothing is kept secret with them
    found = []
    for line in _SHAPES.strip().splitlines():
        kind, beginnings, *parts = line.split(" ")
        for beginning in beginnings.split(","):
            whole = "".join(_spelled(part, source) for part in [beginning, *parts])
            found.append((kind, "", whole))
    for line in _AROUND.strip().splitlines():
        kind, _, rest = line.partition(" ")
        before, *parts = rest.replace("\\\\n", "\0").replace("\\n", "\n").replace("\0", "\\n").split("|")
        found.append((kind, before, "".join(_spelled(part, source) for part in parts)))
    return found


SAMPLES = _samples()
"""Kind, what stands before and must stay, the secret with what may follow it."""


def _harmless() -> list[str]:
    source = random.Random(5)  # noqa: S311 - as above
    hexadecimal = ["".join(source.choices(_ALPHABETS["h"], k=size)) for size in (7, 32, 40, 64, 128) for _ in range(20)]
    uuids = [f"{each[:8]}-{each[8:12]}-4{each[13:16]}-a{each[17:20]}-{each[20:32]}" for each in hexadecimal[20:40]]
    picture = base64.b64encode(source.randbytes(20_000)).decode()
    return [
        *hexadecimal,
        *(each.upper() for each in hexadecimal),
        *uuids,
        *(f"sha256:{each}" for each in hexadecimal[60:80]),
        *(f"sha512-{base64.b64encode(source.randbytes(64)).decode()}" for _ in range(20)),
        f"data:image/png;base64,{picture}",
        json.dumps({"picture": picture, "etag": hexadecimal[25], "id": uuids[0]}),
        *_TEXTS.strip().splitlines(),
    ]


_TEXTS = """
2026-01-19T12:00:00Z INFO worker-3 loaded block 12345 of GBP_USD in 17 ms
20260119T120000Z__P2-Backfill__abc1234
/home/mia/projects/rates/reports/runs/20260119T120000Z__P2-Backfill__abc1234/run.log
C:\\Users\\mia\\AppData\\Local\\Temp\\pytest-of-mia\\pytest-12
https://example.org/a/b?page=2&sort=asc#top
https://example.org:8443/path/@scope/name
git@github.com:example/rates.git
git clone ssh://git@git.example.org/rates.git
npm http fetch GET 200 https://registry.example.org/@types%2fnode 120ms (cache miss)
Successfully installed numpy-2.1.3 pandas-2.2.3 python-dateutil-2.9.0.post0 pytz-2024.2
react@18.2.0 -> node_modules/react@18.2.0
getty@tty1.service: Deactivated successfully.
logo@2x.png 1024x1024
version 1.2.3-rc.1+build.20260119.sha.abc1234
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec_single_context
sqlalchemy.exc.OperationalError: (psycopg.OperationalError) password authentication failed for user "mia"
KeyError: 'api_key'
error: the token is invalid
password: str = field(repr=False)
password=None, token=null, secret=undefined
password: required
password: str = "12345678"
Password: ********
{"password": "This field is required."}
login(password='{password}', user="mia")
usage: tool [--password PASSWORD] [--token TOKEN] [--token-file PATH]
tool --token-file secrets1234.txt --password --verbose2
passed: 12345678, bypass: ab345678
password=*** token=*** Authorization: Bearer ***
export DB_PASSWORD=${DB_PASSWORD}
echo "::add-mask::$TOKEN"
max_tokens=4096 tokens=1234 token_count=9876543
tokenizer=cl100k_base
pwd=/home/mia42
secret_name=projects/rates
SyntaxError: unexpected token: abc12345
SyntaxError: invalid token: 12abcdef34
docker run -u 1000:1000 --user postgres:postgres image
python -u run.py
pass=12 fail=3 first_pass=0.1234567 two_pass=True
api_key: required
client_secret: ClientSecretMissing(...)
token: str
max_tokens: 4096k16
client.get(url, headers={"Authorization": f"Bearer {token}"})
Bearer authentication is required for this endpoint
WWW-Authenticate: Basic realm="rates"
sk-learn-contrib imbalanced 0.12.4
task-runner-1 pk_rates fk_rates_pairs_id
SKU 12345678901234567890
-----BEGIN CERTIFICATE-----
ssh-ed25519 fingerprint SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDsZ0TTuFeYnGGy2aM
AssertionError: assert {'a': 1} == {'a': 2}
SELECT * FROM rates WHERE pair = 'GBP_USD' AND ts >= '2026-01-13' -- 60 rows
GET /metrics HTTP/1.1" 200 5321 "-" "Prometheus/2.53.0"
Mem: 15.6Gi used 4.2Gi; load 0.12 0.30 0.28; pid 12345; fd 1023
10.0.0.12:5432 fe80::1ff:fe23:4567:890a 00:1B:44:11:3A:B7
@pytest.mark.parametrize("value", [b"", b" "])
Europe/Berlin +01:00 1768824000.123456
PATH=/usr/local/bin:/usr/bin:/bin HOME=/home/mia LANG=C.UTF-8
"""
HARMLESS = _harmless()
"""Texts without a secret, one a line of a log."""
