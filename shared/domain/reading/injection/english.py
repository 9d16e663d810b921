"""How English text instructs the program that reads it, class by class; what business text says is left alone."""

from shared.domain.reading.injection.patterns import (
    DOCUMENT,
    NOT_TO,
    ORDER,
    PROGRAM,
    READER,
    READING,
    UNCHECKED,
    make_pattern,
)

_ORDERS = r"(?:instruction|prompt|guideline|guidance|direction|directive|command)s?"
_TO_IGNORE = r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|bypass|discard|(?:do not|don.t) follow)"

SETTING_ASIDE = (
    make_pattern(
        "ignor|disregard|forget|overrid|bypass|discard|follow",
        rf"\b{_TO_IGNORE}\b.{{0,40}}\b(?:previous|prior|above|earlier|preceding|your|system|other|existing|original)\b"
        rf".{{0,30}}\b{_ORDERS}\b",
    ),
    make_pattern(
        "ignor|disregard|forget|discard",
        r"(?<!not )(?<!never )\b(?:ignore|disregard|forget|discard)\s+(?:all|any|the|these|those|every)\s+(?:of\s+)?"
        r"(?:the\s+|your\s+)?(?!safety|operating|assembly|warning|washing|care|mounting)(?:\w+\s+)?(?:instruction"
        r"|prompt|guideline|direction|command)s?\b",
    ),
    make_pattern(
        "ignor|disregard|forget|pay no attention",
        r"\b(?:ignore|disregard|forget|pay no attention to)\s+(?:everything|anything|all|whatever|what)\s+"
        r"(?:that\s+|which\s+)?(?:(?:was|is|has been|comes?|came|stands?|stood)\s+)?"
        r"(?:you\b|(?:written\s+|said\s+|stated\s+)?(?:above|before|so far|earlier|previously|until now|up to now))",
    ),
    make_pattern(
        "overrid|overrul|supersed|replace|precedence|priority",
        r"\b(?:overrides?|overrul(?:es?)|supersedes?|replaces?|takes? precedence over|has priority over)\b"
        r".{0,40}\b(?:instructions?|prompts?|system message|your (?:rules?|guidelines?|settings?|task))\b",
    ),
    make_pattern(
        "new |updated |your ",
        rf"\b(?:new|updated|revised|additional) (?:instructions?|task|prompt|rules?) for (?:you\b|(?:the )?{READER})"
        r"|\byour (?:new|updated|revised|only|real|actual|true) (?:instructions?|task|role|goal|objective|prompt)s?\b",
    ),
    make_pattern(
        "from now on|henceforth",
        r"\b(?:from now on|henceforth),? you (?:will |must |shall |should )?"
        r"(?:are|act|answer|respond|output|behave|treat|approve|accept|ignore)\b",
    ),
)
ADDRESSING = (
    make_pattern(
        "you are|you're|act as|pretend|behave as|role of",
        r"\b(?:you(?: are|.re)|act as|pretend to be|behave as|(?:take|assume|play) (?:on )?the role of)\s+(?:now\s+)?"
        r"(?:an?\s+|the\s+)?(?:\w+\s+){0,2}?(?:ai\b|llm\b|language model|chatgpt|gpt|chatbot"
        r"|(?:helpful|obedient|unrestricted) (?:assistant|model|agent)"
        r"|(?:extraction|invoice|data|approval|accounts[ -]payable|processing)[ -](?:\w+ )?(?:bot|model|assistant"
        r"|agent|engine))",
    ),
    make_pattern(
        "attention|note|message|instruction|notice|dear|hello|hey|hi |remark|request|information|addressed|intended"
        "|meant",
        r"\b(?:attention|note|message|instructions?|notice|dear|hello|hey|hi|remark|request|information|addressed"
        r"|intended|meant)\b"
        r"(?:\s+(?:to|for))?[\s:,]+(?:the\s+|any\s+|all\s+|our\s+|every\s+)?"
        rf"{READER}(?=\s*(?:[:;,.!)–—-]|$)|\s+(?:{READING}|please|you|do|must|should|to|only)\b)",
    ),
    make_pattern(
        "a.i|ai|bot|model|gpt|agent|assistant|parser|reader|system|engine|software|process|claude|gemini|copilot"
        "|llm|algorithm",
        rf"\b(?:{READER}|claude|gemini|copilot)\s*[:,]\s*(?:please\s+|kindly\s+)?{ORDER}\b"
        r"|\b(?:whoever|whatever|whichever program)\s+(?:reads?|process(?:es)?|pars(?:es)?|scans?"
        r"|extracts?)\s+this\b.{0,30}[:,]"
        r"|\bassistant:\s*(?:i\b|sure|ok\b|certainly|yes\b)",
    ),
    make_pattern(
        "instructed to|ordered to|directed to|commanded to|requested to|asked to|required to|authori",
        r"\b(?:reader|program|system|software|model|machine|algorithm|whoever)\b.{0,30}\b(?:is|are) (?:hereby )?"
        r"(?:instructed|ordered|directed|commanded|asked|requested|required|authori[sz]ed) to "
        r"(?:approve|accept|ignore|skip|output|extract|mark|treat|classify|pass|disregard)\b",
    ),
    make_pattern(
        "you must|you should|you are to|you have to|you need to",
        r"\byou (?:must|should|are to|have to|need to) (?:only |always )?"
        r"(?:output|emit|extract the|classify|auto-?approve|respond with|answer with)\b",
    ),
    make_pattern(
        "attention|note|message|instruction|notice|dear|addressed|meant|intended",
        r"\b(?:attention|note|message|instructions?|notice|dear|addressed|meant|intended)\b(?:\s+(?:to|for))?[\s:,]+"
        rf"(?:the\s+|any\s+|all\s+)?{PROGRAM}\s+{READING}\b",
    ),
    make_pattern(
        "if you|as an|since you|when you|in case you|because you",
        rf"\b(?:(?:if|as|since|when|because|in case) you(?: are|.re)|as)\s+(?:an?|the|any)\s+(?:{READER}"
        rf"(?=\s*(?:[,.:;]|$)|\s+(?:{READING}|you|please|do|must|should)\b)|{PROGRAM}\s+{READING}\b"
        r"|(?:ai|llm|language model|automated (?:system|reader|process))\b)",
    ),
    make_pattern(
        "reading|processing|parsing|extracting|analy|scanning|handling|evaluating|reviewing|ingesting|that reads"
        "|that pro",
        rf"\b(?:the|any|an?|all|every|each|whichever|whatever)\s+{PROGRAM}\s+{READING}\s+(?:this"
        rf"|these)\b(?:\s+{DOCUMENT})?"
        r"\s*(?:[,:]|\b(?:must|should|shall|is|are|has|have|can|may|will|need)\b.{0,60}\b(?:approve|accept|ignore|skip"
        r"|output|return|report|extract|set|mark|treat|classify|answer|respond|use|consider|flag|pass|release"
        r"|record)\b)",
    ),
    make_pattern(
        "automat|machine|robotic",
        r"\b(?:for|during|under|by|to)\s+(?:the\s+|any\s+)?(?:automat(?:ed|ic)|machine|robotic)\s+(?:\w+\s+)?"
        r"(?:processing|reading|extraction|parsing|review|readers?)\s*[:,].{0,60}"
        r"\b(?:approve|accept|ignore|skip|output|return|extract|mark|treat|classify|set|do not|use|report)\b",
    ),
)
LETTING_PASS = (
    make_pattern(
        "mark|flag|treat|classif|label|consider|tag|record|regard|rate",
        rf"\b(?:mark|flag|treat|classify|label|consider|tag|record|regard|rate)\s+(?:this|the|it|all"
        rf"|every)\s*{DOCUMENT}?s?"
        r"\s+(?:as|to be)\s+(?:already\s+|fully\s+|pre-?)?(?:approved|verified|accepted|valid|validated|trusted|safe"
        r"|genuine|authentic|reviewed|compliant|error[ -]free|low[ -]risk|cleared|confirmed)\b",
    ),
    make_pattern(
        "without|with no|no need for|needs no|require no|requires no|skipping",
        r"(?<!may )(?<!can )(?<!will )(?<!shall )\b(?:approve|accept|pass|release|clear|book|post|confirm|process"
        r"|validate|pay)"
        rf"\s+(?:it\s+|(?:this|the)\s+(?:\w+\s+)?{DOCUMENT}\s+|(?:automatically|immediately|directly|at once|as is)\s+)"
        rf"(?:\w+\s+){{0,3}}?{UNCHECKED}"
        rf"|\b(?:this|the)\s+{DOCUMENT}\s+(?:must|should|is to|is|can|has to)\s+(?:be\s+)?(?:approved|accepted|passed"
        rf"|released|cleared|booked|confirmed|processed)\s+(?:\w+\s+){{0,2}}?{UNCHECKED}"
        rf"|\bthis\s+{DOCUMENT}\s+{UNCHECKED}|(?:^|[.:;!]\s*|\bplease\s+)(?:approve|accept)\s+{UNCHECKED}",
    ),
    make_pattern(
        "approve|accept",
        rf"\bauto(?:matically)?[ -]?(?:approve|accept)\b"
        rf"|\b(?:approve|accept)\s+(?:it\s+|(?:this|the)\s+{DOCUMENT}\s+)(?:automatically|immediately|right away"
        rf"|at once|as is)\b"
        rf"|\b(?:please|kindly|must|should|simply|just)\s+(?:approve|accept)\s+(?:this|the)\s+(?:\w+\s+)?"
        r"(?:document|invoice|file|claim|bill|submission)\b(?!\s+(?:by|before|within|at|in the))",
    ),
    make_pattern(
        "skip|bypass|suppress|disable|omit|avoid|turn off|switch off",
        r"\b(?:skip|bypass|suppress|disable|omit|avoid|turn off|switch off)\s+"
        r"(?:(?:any|all|the|every|further|usual|normal|additional|your|this)\s+)*"
        r"(?:(?:human|manual|fraud|duplicate|validation|approval|amount|plausibility)\s+)*(?:reviews?|validations?"
        r"|verifications?|approvals?|findings?|red flags?|(?:fraud|duplicate|validation|manual|human|amount"
        r"|plausibility)"
        r" checks?|all checks|any checks|the checks)\b"
        r"|\b(?:suppress|disable|omit|skip)\s+(?:all|any)\s+(?:\w+\s+)?(?:warnings?|findings?|alerts?|flags?)\b",
    ),
    make_pattern("flag", rf"\b{NOT_TO}\s+(?:ever\s+)?flag(?:ging)?\b(?!\s+(?:down|pole|bearer))"),
    make_pattern(
        "discrepan|anomal|suspicious|inconsisten|mismatch|human|review|fraud|finding|red flag",
        rf"\b{NOT_TO}\s+(?:\w+\s+)?(?:escalat|rais|report|mention|warn|highlight|point out|query|alert)(?:e"
        rf"|ing)?\b.{{0,40}}"
        r"\b(?:discrepanc\w*|anomal\w*|suspicious|inconsisten\w*|mismatch\w*|humans?|manual review|for review"
        r"|reviewers?"
        r"|frauds?|findings?|red flags?)\b",
    ),
    make_pattern(
        "human|manual|to a person|for review|to people",
        rf"\b(?:{NOT_TO}|instead of|rather than)\s+(?:\w+\s+)?(?:send|rout|forward|refer|hold|pass|hand|show|submit"
        rf"|queue"
        r"|ask|involv|notify|inform|tell|consult)(?:e|ing|ting|ding)?\b.{0,40}?\b(?:human (?:being|review|reviewer"
        r"|operator|check)|humans?|manual (?:review|check)|to a person|to people|for review)\b"
        r"|\b(?:no|no need for(?: any)?|without(?: any)?) (?:human|manual) (?:review|check|verification|validation"
        r"|inspection|oversight)\b(?=.{0,30}\b(?:needed|required|necessary|desired|wanted)\b|\s*[.;!]|$)",
    ),
    make_pattern(
        "no findings|no issue|no error|no problem|no anomal|no discrepan|no warning|no flags|empty list",
        r"\b(?:report|return|list|raise|give|output)\s+(?:back\s+)?(?:no|zero|an empty list of)\s+"
        r"(?:findings?|issues?|errors?|problems?|anomalies|discrepancies|warnings?|flags?)\b",
    ),
)
DICTATING = (
    make_pattern(
        "confiden|certainty|probabilit",
        r"\b(?:set|report|output|return|give|raise|assign|use|state)\b.{0,40}\b(?:confidence|certainty|probability)"
        r"(?: scores?| levels?| values?)?\b.{0,20}(?:\b(?:to|of|as|at|is)\b|=)"
        r"|\b(?:extract|output|report|return|answer|classify|treat)\b.{0,40}\bwith (?:full|high|maximum|complete|total"
        r"|absolute|100 ?%|the highest) (?:confidence|certainty)\b"
        r"|\bconfidence\s*[:=]\s*(?:1(?:\.0+)?|100 ?%|high|max\w*)(?![\w.])",
    ),
    make_pattern(
        "respond|reply|answer",
        r"\b(?:respond|reply|answer)\s+(?:(?:only|exactly|solely|just|simply|always)\s+)?with\b.{0,40}\bjson\b"
        r"|\b(?:respond|reply|answer)\s+(?:only|exactly|solely|always)\s+with\b",
    ),
    make_pattern(
        "your ",
        r"\byour\s+(?:output|json|completion|extraction|final answer)\s+(?:must|should|shall|has to|needs to|is to)\s+"
        r"(?:be|contain|include|say|state|start|list|report|show|give|read)\b",
    ),
    make_pattern(
        "output|extract|return|emit|report|record|set ",
        r"\b(?:output|extract|emit|return|report|record|set)\s+(?:the\s+|an?\s+|field\s+)?"
        r"(?:(?:grand|net|invoice|gross|tax|amount|due|total|bank|seller|supplier|vendor|payee|buyer)[\s_]+){0,2}"
        r"(?:total|amount|sum|iban|account|name|date|currency|number|value|price|due|seller|vendor|supplier|payee"
        r"|buyer)s?"
        r"(?:\s+field)?\s+(?:as|to be|to|=|equals?)\s*(?:[\"'“‘«]|[A-Z]{2}\d\d|[$€£]|(?:usd|eur|gbp)\b|20\d\d-\d\d"
        r"|\d[\d.,]*[.,]\d\d\b|\d+(?=\s*(?:[.;!]|$)))(?!.{0,12}\b(?:line|box)\b)",
    ),
    make_pattern(
        "instead of|rather than|regardless|no matter|whatever",
        r"\b(?:output|extract|report|return|use|take|record|read|enter|give)\b.{0,60}\b(?:instead of|rather than"
        r"|regardless of|no matter|whatever)\s+(?:what\b|the\s+(?:printed|visible|shown|stated|written|displayed)\b)"
        r"|\bregardless of what (?:is|the (?:document|page|invoice|text|table)|it|you)\b.{0,20}"
        r"\b(?:says?|printed|shown?|states?|stated|written|read|see)\b",
    ),
    make_pattern(
        "the correct|the true|the real|the right|the actual|the only",
        r"\bthe (?:only )?(?:correct|true|real|right|actual|only) (?:\w+\s){0,2}?to "
        r"(?:report|extract|output|return|answer)\b",
    ),
    make_pattern(
        "classify|categorize|categorise",
        rf"\b(?:classify|categori[sz]e)\s+(?:this|the)\s+{DOCUMENT}\s+as\b(?!\s+(?:confidential|restricted|internal"
        rf"|secret"
        r"|private|strictly))",
    ),
)
CHAT_WORDS = (
    make_pattern(
        "system prompt|developer m|injection|jailbreak|overrid|hidden ",
        r"\bsystem prompts?\b|\bdeveloper (?:message|mode)\b|\bprompt[ -]?injections?\b|\bjailbreak(?:ing|en|s)?\b"
        r"|\b(?:system|admin(?:istrator)?|developer|operator|supervisor|security)[ -]override\b\s*"
        r"(?:[:=\]!.]|code|mode|enabled|active|on)|\bhidden (?:instruction|prompt)s?\b",
    ),
    make_pattern(
        "<|[",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>|</?documents>"
        r"|</?(?:system|instructions?|assistant|user_input)>|\[(?:system|assistant|admin)(?: \w+)?\]",
    ),
    make_pattern("##", r"#{2,}\s*(?:system|instruction|assistant|new task)\b"),
)
ENGLISH = (*SETTING_ASIDE, *ADDRESSING, *LETTING_PASS, *DICTATING, *CHAT_WORDS)
