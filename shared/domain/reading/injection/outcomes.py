"""How English text tells a program what its outcome shall be, without saying that it is meant."""

from shared.domain.reading.injection.patterns import NOT_TO, ORDER, READER, make_pattern

OUTCOMES = (
    make_pattern(
        "a.i|ai|bot|model|gpt|parser|automat|system|engine|service|llm|algorithm|process",
        rf"\b{READER}\b.{{0,80}}?(?:[.:;!?,]\s*|\b(?:please|kindly|must|should|shall|you|then)\s+){ORDER}\s+"
        r"(?:this|the|all|it|any|every|as|only|to|approved|accept|flag|report|raise|total|with)\b",
    ),
    make_pattern(
        "assistant|agent|system|model|program|software",
        rf"^\s*(?:assistant|agent|system|model|program|software)\s*[,:]\s*(?:please\s+)?{ORDER}\b",
    ),
    make_pattern(
        "disposition|status|decision|verdict|outcome|result",
        r"\b(?:set|change|put|force)\s+(?:the\s+)?(?:disposition|status|decision|verdict|outcome|result)\s*(?:to|="
        r"|as|:)\s*"
        r"\W?(?:accept|approve|verified|pass|ok\b|valid)",
    ),
    make_pattern(
        "accept|approve|verified|valid",
        r"\b(?:return|print|output|say|write|answer|reply|respond|emit)\s+(?:with\s+"
        r"|only\s+)*(?:[\"'“‘«]\s*(?:accept|approve"
        r"|verified|valid)|(?-i:ACCEPT|APPROVE|VERIFIED|VALID))|\bmark as (?:approved|verified|accepted|valid"
        r"|reviewed)\b",
    ),
    make_pattern(
        "waived|disabled|skipped|bypassed|turned off|unnecessary|not needed|not required",
        r"\b(?:human|manual|reviewer.?s?)\s+(?:review|approval|check|validation|verification)s?\s+(?:is|are"
        r"|has been|have been"
        r"|was)\s+(?:hereby\s+|already\s+)?(?:waived|disabled|skipped|bypassed|turned off|unnecessary|not (?:needed"
        r"|required))\b"
        r"|\bvalidation is (?:disabled|bypassed|turned off|off)\b",
    ),
    make_pattern(
        "no review|no check|no further|no additional|no validation|no verification",
        r"(?:^|[.;!]\s*)no (?:further )?(?:review|checks?|validation|verification)\s*(?:[.;!]|$)"
        r"|\bno (?:further |additional |more )?(?:checks?|validation) (?:is|are) (?:needed|required|necessary)\b",
    ),
    make_pattern(
        "whitelist|white-list|pre-approved|preapproved",
        r"\b(?:vendor|supplier|seller|sender|invoice|document) (?:is|has been) (?:white-?listed|pre-?approved)\b",
    ),
    make_pattern(
        "review|validation|check|verification|human",
        rf"\b{NOT_TO}\s+(?:\w+\s+)?(?:send|route|forward|pass|put|queue|submit)\b.{{0,30}}\b(?:to|in"
        rf"|into) (?:the )?(?:manual )?"
        rf"review\b(?! (?:the|and|your|our))|\b{NOT_TO}\s+(?:request|trigger|perform|run|apply|conduct"
        rf"|start)\s+(?:an?\s+|any\s+"
        r"|the\s+)?(?:\w+\s+)?(?:validations?|verifications?|human reviews?|manual reviews?|reviews?"
        r"|plausibility checks?)\b",
    ),
    make_pattern(
        "context|rules|guidelines|constraints|training|programming",
        r"\b(?:ignore|disregard|forget|discard|bypass|stop following|break)\s+(?:all\s+"
        r"|any\s+)?(?:(?:of\s+)?(?:the\s+)?"
        r"(?:previous|prior|above|earlier|preceding|system)|your)\s+(?:\w+\s+)?(?:context|rules|guidelines"
        r"|constraints|training"
        r"|programming)\b",
    ),
    make_pattern(
        "overrid|supersed|precedence|replace",
        r"\b(?:values?|figures?|amounts?|text|numbers?|data|lines?|notes?)\s+(?:\w+\s+){0,2}?(?:overrides?"
        r"|supersedes?|replaces?"
        r"|takes? precedence over)\s+(?:anything|everything|whatever|all (?:other|prior|previous)|any other|those)\b"
        r"|\boverride\s+(?:the\s+|all\s+|any\s+)?(?:validation|review|approval|verification)\b",
    ),
    make_pattern(
        "ignor|disregard",
        r"\b(?:ignore|disregard)\s+the\s+(?:\w+\s+){0,2}?(?:table|figures?|totals?|amounts?|values?|numbers?|text"
        r"|items?|prices?)"
        r"\s+(?:printed |shown )?(?:above|below|printed|on this page|in this document)\b",
    ),
    make_pattern(
        "confidence",
        r"\bconfidence (?:must|should|has to|is to) be\b|\bwith (?:a )?confidence (?:of )?(?:1(?:\.0)?|100)\b(?! of)",
    ),
    make_pattern(
        "json|nothing else",
        r"\b(?:return|output|print|produce|give|emit)\s+(?:only\s+|exactly\s+)*(?:the following|this|valid)\s+json\b"
        r"|\b(?:return|output|print|say|write|answer|reply)\b.{1,40}\band nothing else\b",
    ),
    make_pattern(
        "everything|all fields|all values|all amounts|all checks|the check|the total|the invoice|the document",
        r"\b(?:say|pretend|answer)\s+that\s+(?:everything|all (?:fields|values|amounts|checks)|the (?:check|total"
        r"|invoice"
        r"|document))\b.{0,30}\b(?:correct|valid|fine|ok|approved|verified|match|matches|in order|passed)\b",
    ),
    make_pattern(
        "field|total|amount due|iban|invoice number",
        r"\b(?:output|extract|return|emit)\s+(?:the\s+)?(?:value\s+|amount\s+"
        r"|number\s+)?\W?[\w.,€$£-]*\d[\w.,€$£-]*\W?\s+"
        r"(?:as|for|in) (?:the )?(?:field|total|grand[ _]total|net[ _]total|amount due|invoice number|iban)\b",
    ),
    make_pattern(
        "anyone|anything|whoever|whatever|everyone",
        r"\b(?:anyone|anything|whoever|whatever|everyone)\b.{0,20}\b(?:pars(?:ing|es)|extract(?:ing|s)"
        r"|process(?:ing|es)) this\b",
    ),
    make_pattern(
        "you",
        r"\byou,? the (?:model|assistant|ai|llm|reader|parser|bot)\b|\byou (?:have been|are|were) (?:re)?programmed\b",
    ),
    make_pattern(
        "for the|for an|for all|for any|to the",
        r"\b(?:message|note|text|paragraph|section|line)s? (?:is|are|was) (?:only |solely )?(?:intended |meant "
        r"|written "
        rf"|addressed )?(?:for|to) (?:the |an? |any |all )?{READER}\b",
    ),
    make_pattern(
        "instruction|directive|system message",
        r"\b(?:bot|ai|llm|assistant|parser) (?:instruction|directive|command)s?\s*:|\b(?:new"
        r"|updated) system (?:instruction"
        r"|directive)s?\b|\b(?:begin|start|end)(?: of)? system (?:message|prompt|instruction)s?\b",
    ),
    make_pattern(
        "act as",
        r"^\s*(?:please )?act as (?:an?|the) (?:approv\w+|review\w+)\b",
    ),
)
