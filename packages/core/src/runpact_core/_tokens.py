r"""Known shapes of secrets, as data: kind, what must stand in the text for a rule to be tried, regular expression.

Written from what the issuers publish about their tokens. Every rule is linear by construction: bounded repeats, no
repeat inside a repeat over the same characters, and a start that is tried once for each place. None matches an
asterisk, so that what was replaced is never found again.
"""

from __future__ import annotations

__all__ = ["KINDS", "RULES"]

_START = r"(?<![A-Za-z0-9_])(?<!\*\*\*)"
_END = r"(?![A-Za-z0-9_-]|\*\*\*)"
_WORD = "[A-Za-z0-9]"
_NAME = "[A-Za-z0-9_-]"
_HEX = "[0-9a-f]"

# Tokens that begin with letters of their own: kind, beginnings, what follows.
_PREFIXED = (
    ("adafruit", "aio_", _WORD + "{28}"),
    ("adobe", "p8e-", _HEX + "{32}"),
    ("age", "AGE-SECRET-KEY-1", "[0-9A-Z]{58}"),
    ("airtable", "pat", _WORD + r"{14}\." + _HEX + "{64}"),
    ("alibaba", "LTAI", _WORD + "{20}"),
    ("anthropic", "sk-ant-api03- sk-ant-admin01- sk-ant-oat01- sk-ant-sid01-", _NAME + "{24,120}"),
    ("atlassian", "ATATT3 ATCTT3 ATBB", "[A-Za-z0-9_=-]{28,300}"),
    ("aws", "AKIA ASIA ABIA ACCA", "[A-Z2-7]{16}"),
    ("buildkite", "bkua_", _HEX + "{40}"),
    ("circleci", "CCIPAT_ CCIPRJ_", _WORD + "{22}_" + _HEX + "{40}"),
    ("clojars", "CLOJARS_", _HEX + "{60}"),
    ("contentful", "CFPAT-", _NAME + "{43}"),
    ("databricks", "dapi", _HEX + "{32}(?:-[0-9])?"),
    ("digitalocean", "dop_v1_ doo_v1_ dor_v1_", _HEX + "{64}"),
    ("docker", "dckr_pat_ dckr_oat_", _NAME + "{27,32}"),
    ("doppler", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", _WORD + "{40,44}"),
    ("duffel", "duffel_live_ duffel_test_", _NAME + "{43}"),
    ("dynatrace", "dt0c01. dt0s01.", r"[A-Z2-7]{24}\.[A-Z2-7]{64}"),
    ("easypost", "EZAK EZTK", _WORD + "{54}"),
    ("figma", "figd_", _NAME + "{40}"),
    ("flutterwave", "FLWSECK_TEST- FLWSECK-", _WORD + "{12,32}(?:-X)?"),
    ("fly", "fo1_", _NAME + "{43}"),
    ("frameio", "fio-u-", _NAME + "{64}"),
    ("github", "ghp_ gho_ ghu_ ghs_ ghr_", _WORD + "{36,251}"),
    ("github", "github_pat_", _WORD + "{22}_" + _WORD + "{59}"),
    ("gitlab", "glpat- gldt- glptt- glcbt- glft- glimt- glrt- glsoat- gloas- glagent-", _NAME + "{20,64}"),
    ("gitlab", "GR1348941", _NAME + "{20}"),
    ("google", "AIza", _NAME + "{35}"),
    ("google", "GOCSPX-", _NAME + "{28}"),
    ("google", "ya29.", _NAME + "{30,400}"),
    ("grafana", "glsa_", _WORD + "{32}_[0-9A-Fa-f]{8}"),
    ("grafana", "glc_", "[A-Za-z0-9+/]{32,400}={0,2}"),
    ("groq", "gsk_", _WORD + "{52}"),
    ("harness", "pat. sat.", _NAME + r"{22}\." + _HEX + r"{24}\." + _WORD + "{20}"),
    ("heroku", "HRKU-", _NAME + "{36,64}"),
    ("huggingface", "hf_ api_org_", "[A-Za-z]{34}"),
    ("infracost", "ico-", _WORD + "{32}"),
    ("intra42", "s-s4t2ud- s-s4t2af-", _HEX + "{64}"),
    ("jfrog", "AKCp", _WORD + "{69}"),
    ("linear", "lin_api_ lin_oauth_", _WORD + "{40,64}"),
    ("lob", "live_pub_ test_pub_", _HEX + "{31}"),
    ("mailgun", "key- pubkey-", _HEX + "{32}"),
    ("mapbox", "pk. sk.", r"eyJ[A-Za-z0-9_-]{40,200}\." + _NAME + "{22}"),
    ("netlify", "nfp_ nfc_", _WORD + "{36,40}"),
    ("newrelic", "NRAK- NRII- NRJS- NRRA-", _WORD + "{19,42}"),
    ("notion", "ntn_", "[0-9]{11}" + _WORD + "{35}"),
    ("npm", "npm_", _WORD + "{36}"),
    ("openai", "sk-", "[A-Za-z0-9]{48}"),
    ("openai", "sk-proj- sk-svcacct- sk-admin-", _NAME + "{40,200}"),
    ("openshift", "sha256~", _NAME + "{43}"),
    ("perplexity", "pplx-", _WORD + "{48}"),
    ("planetscale", "pscale_tkn_ pscale_pw_ pscale_oauth_", _NAME + "{32,64}"),
    ("postman", "PMAK-", _HEX + "{24}-" + _HEX + "{34}"),
    ("prefect", "pnu_ pnb_", _WORD + "{36}"),
    ("pulumi", "pul-", _HEX + "{40}"),
    ("pypi", "pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw", _NAME + "{50,1000}"),
    ("readme", "rdme_", "[a-z0-9]{70}"),
    ("replicate", "r8_", _WORD + "{37}"),
    ("rubygems", "rubygems_", _HEX + "{48}"),
    ("scalingo", "tk-us-", _NAME + "{48}"),
    ("sendgrid", "SG.", _NAME + r"{22}\." + _NAME + "{43}"),
    ("sendinblue", "xkeysib- xsmtpsib-", _HEX + "{64}-" + _WORD + "{16}"),
    ("sentry", "sntryu_ sntrya_", _HEX + "{64}"),
    ("sentry", "sntrys_", r"eyJ[A-Za-z0-9+/=_-]{40,400}"),
    ("shippo", "shippo_live_ shippo_test_", _HEX + "{40}"),
    ("shopify", "shpat_ shpca_ shppa_ shpss_", _HEX + "{32}"),
    ("slack", "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc- xoxd-", r"[0-9A-Za-z%-]{20,250}"),
    ("slack", "xapp- xoxe-", r"[0-9]-[A-Za-z0-9-]{20,250}"),
    ("sourcegraph", "sgp_ slk_", _HEX + "{40}"),
    ("square", "sq0atp- sq0csp- sq0idp-", _NAME + "{22,43}"),
    ("square", "EAAA", _NAME + "{60}"),
    ("stripe", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_", _WORD + "{24,247}"),
    ("stripe", "whsec_", "[A-Za-z0-9+/]{32,64}"),
    ("supabase", "sbp_", _HEX + "{40}"),
    ("tailscale", "tskey-auth- tskey-api- tskey-client-", _WORD + "{8,20}(?:-" + _WORD + "{20,64})?"),
    ("telegram", "bot", "[0-9]{8,10}:AA" + _NAME + "{33}"),
    ("twilio", "SK", _HEX + "{32}"),
    ("typeform", "tfp_", _NAME + "{40,60}"),
    ("vault", "hvs. hvb. hvr.", _NAME + "{24,300}"),
    ("xai", "xai-", _WORD + "{80}"),
    ("yandex", "AQVN", _NAME + "{35,38}"),
)


def _prefixed(beginnings: str, rest: str) -> tuple[tuple[str, ...], str]:
    signs = tuple(beginnings.split())
    either = "|".join(sign.replace(".", r"\.") for sign in signs)
    return signs, f"{_START}(?:{either}){rest}{_END}"


# What is known by what stands around it; the group named `x` is what is replaced, where there is one.
_TOLD_BY = (
    "password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|secret[_-]?key|access[_-]?key|client[_-]?secret"
    "|auth[_-]?token|access[_-]?token|refresh[_-]?token|private[_-]?key|sharedaccesskey|accountkey"
)
_LOCK = "passw(?:or)?d|passphrase"
_KEY = (
    "api[_-]?key|secret[_-]?key|access[_-]?key|client[_-]?secret|auth[_-]?token|access[_-]?token|refresh[_-]?token"
    "|private[_-]?key"
)  # names that are given to nothing but keys
_NO_VALUE = r"(?!(?:none|null|true|false|undefined|required|missing|invalid|expired|redacted)\b)"
_NO_DOMAIN = (
    "service|socket|timer|target|mount|slice|scope|path|device|swap|automount|local|png|jpe?g|gif|svg|webp|css|m?js"
    "|tsx?|json|py|html?|txt|md|ya?ml|git|so|sh"
)
_SURROUNDED = (
    ("private-key", ("PRIVATE KEY",), (
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?!-----)[A-Za-z0-9+/=\s\\:,-]){0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?"
    )),
    ("url-credentials", ("://",), (
        r"(?<=://)(?P<x>[A-Za-z0-9._~!$&'()+,;=%-]{0,256}:[A-Za-z0-9._~!$&'()+,;=%:#-]{1,512}|[A-Za-z0-9._~%-]{16,512})(?=@)"
    )),
    ("authorization", ("earer", "EARER"), (
        _START + r"(?i:bearer)[ \t]{1,8}(?P<x>(?=[A-Za-z._~+/-]{0,200}[0-9])[A-Za-z0-9._~+/-]{16,4096}={0,2})(?!\*\*\*)"
    )),
    ("authorization", ("uthorization", "UTHORIZATION"), (
        _START + r"(?i:(?:proxy-)?authorization)[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?"
        r"(?i:basic|token|digest|apikey|bearer)[ \t]{1,8}(?P<x>[A-Za-z0-9._~+/=-]{6,4096})(?!\*\*\*)"
    )),
    ("authorization", ("ookie", "OOKIE"), (
        _START + r"(?i:(?:set-)?cookie)[\"']?:[ \t]{0,8}(?P<x>[A-Za-z0-9_.-]{1,64}="
        r"[A-Za-z0-9%+/=_.~;: -]{8,4096})(?!\*\*\*)"
    )),
    ("jwt", ("eyJ",), _START + rf"eyJ{_NAME}{{8,4096}}\.eyJ{_NAME}{{8,8192}}\.{_NAME}{{0,2048}}" + _END),
    ("aws-secret", ("ws", "WS"), (
        r"(?i:aws_?(?:secret)?_?(?:access)?_?key)[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?"
        r"(?P<x>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=]|\*\*\*)"
    )),
    ("azure", ("Key=", "key="), r"(?i:(?:account|access)key)=(?P<x>[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)(?!\*\*\*)"),
    ("azure", ("sig=",), r"(?<=[?&;])sig=(?P<x>[A-Za-z0-9%+/=_-]{32,128})(?!\*\*\*)"),
    ("azure", ("Q~",), (
        r"(?<![A-Za-z0-9_~.-])(?<!\*\*\*)[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-]|\*\*\*)"
    )),
    ("slack-webhook", ("hooks.slack.com/",), (
        r"(?<=hooks\.slack\.com/)(?P<x>(?:services|workflows)/[A-Za-z0-9/]{40,80})(?!\*\*\*)"
    )),
    ("discord-webhook", ("/api/webhooks/",), r"(?<=/api/webhooks/)(?P<x>[0-9]{17,20}/[A-Za-z0-9_-]{60,80})(?!\*\*\*)"),
    ("teams-webhook", ("/webhookb2/",), r"(?<=/webhookb2/)(?P<x>[A-Za-z0-9@/-]{60,200})(?!\*\*\*)"),
    ("terraform", (".atlasv1.",), _START + rf"{_WORD}{{14}}\.atlasv1\.{_NAME}{{60,70}}" + _END),
    ("telegram", (":AA",), r"(?<![A-Za-z0-9_:.-])(?<!\*\*\*)[0-9]{8,10}:AA[A-Za-z0-9_-]{33}" + _END),
    ("assigned", ("=", ":"), (
        rf"(?i:(?:{_TOLD_BY}))[\"']?[ \t]{{0,4}}(?:=|:(?=[ \t]{{0,4}}[\"']))[ \t]{{0,4}}[\"']?(?i:{_NO_VALUE})"
        r"(?P<x>(?=[^\s\"'*]{0,80}[0-9!@#%^])[A-Za-z0-9_!@#%^+.~-][A-Za-z0-9_!@#%^+/=.~-]{5,511})(?![A-Za-z0-9_(*])"
    )),
    ("assigned", ("ass", "ASS", "ey", "EY", "oken", "OKEN", "ecret", "ECRET"), (
        rf"(?i:{_LOCK}|{_KEY}|(?<![A-Za-z0-9_-])(?<!unexpected )(?<!invalid )(?:token|secret))[\"']?:[ \t]{{1,4}}"
        r"(?P<x>(?=[^\s\"'*]{0,80}[0-9])(?=[^\s\"'*]{0,80}[A-Za-z])"
        r"[A-Za-z0-9_!@#%^+.~-][A-Za-z0-9_!@#%^+/=.~-]{7,511})(?![A-Za-z0-9_(*])"
    )),
    ("assigned", ("ass", "ASS"), (
        rf"(?i:{_LOCK})[ \t]{{0,4}}=[ \t]{{0,4}}(?P<q>[\"'])(?i:{_NO_VALUE})(?P<x>[^\"'\r\n*{{}}$<>]{{6,200}})(?P=q)"
    )),
    ("assigned", ("ey:", "EY:", "Key:", "ecret:", "ECRET:", "oken:", "OKEN:"), (
        rf"(?i:{_KEY})[\"']?:[ \t]{{1,4}}(?P<x>(?=[^\s\"'*]{{0,80}}[a-z][A-Z][^\s\"'*]{{0,80}}[a-z][A-Z])"
        r"[A-Za-z0-9_+/=.~-]{12,511})(?![A-Za-z0-9_(*])"
    )),
    ("assigned", ("_PASS", "_pass"), (
        r"(?<=[A-Za-z0-9])_(?:PASS|pass)[ \t]{0,4}=[ \t]{0,4}[\"']?(?P<x>(?=[^\s\"'*]{0,80}[0-9!@#%^])"
        r"(?=[^\s\"'*]{0,80}[A-Za-z])[A-Za-z0-9_!@#%^+.~-][A-Za-z0-9_!@#%^+/=.~-]{5,511})(?![A-Za-z0-9_(*])"
    )),
    ("assigned", ("-u", "--user"), (
        r"(?<![A-Za-z0-9_-])(?:-u|--user)(?:[ \t]{1,4}|=)[\"']?[A-Za-z0-9_.@%+-]{1,64}:"
        r"(?P<x>(?=[^\s\"'*]{0,80}[0-9!#%^])(?=[^\s\"'*]{0,80}[A-Za-z])[A-Za-z0-9_!@#%^+.~-][A-Za-z0-9_!@#%^+/=.~-]{5,511})(?![A-Za-z0-9_(*])"
    )),
    ("assigned", ("--",), (
        rf"-(?i:{_LOCK}|token|secret|api-?key)[ \t]{{1,4}}[\"']?(?P<x>(?=[^\s\"'*]{{0,80}}[0-9])"
        r"[A-Za-z0-9_!@#%^+.~][A-Za-z0-9_!@#%^+/=.~-]{5,511})(?![A-Za-z0-9_(*])"
    )),
    ("email", ("@",), (
        r"(?<![A-Za-z0-9._%+/:~-])(?<!\*\*\*)(?!git@)[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@"
        rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,8}}(?!(?:{_NO_DOMAIN})\b)[A-Za-z]{{2,24}}(?![A-Za-z0-9@_-]|\*\*\*)"
    )),
)  # fmt: skip

RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    *_SURROUNDED,
    *((kind, *_prefixed(beginnings, rest)) for kind, beginnings, rest in _PREFIXED),
)
KINDS = tuple(sorted({kind for kind, _, _ in RULES}))
