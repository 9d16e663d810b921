"""Wordings between the classes: what a model must do, what it must not tell, and what its result has to be."""

from shared.domain.reading.injection.patterns import DOCUMENT, NOT_TO, READER, make_pattern

_DECIDE = r"(?:approve|accept|confirm|release|mark|treat|classify|output)"
_MUST = r"(?:must|should|shall|has to|needs to|is to|(?:is|are) (?:asked|requested|instructed|required|expected) to)"
GENERAL = (
    make_pattern(
        "approve|accept|confirm|release|mark|treat|classify|output",
        rf"\b{READER} {_MUST} (?:\w+ )?{_DECIDE}\b"
        rf"|\b(?:model|assistant|reader|bot) {_MUST} (?:\w+ )?{_DECIDE} (?:(?:this|the) (?:\w+ )?{DOCUMENT}|everything"
        r"|all (?:values|fields|amounts|pages))\b",
    ),
    make_pattern(
        "instructions you|instructions that you|your instructions",
        r"\binstructions? (?:that )?you (?:(?:were|have been|had been) (?:given|told)|received|follow)\b"
        r"|\byour instructions (?:have changed|are now|no longer)\b",
    ),
    make_pattern(
        "mention|reveal|repeat|tell|in your output|in your answer|in your response",
        rf"\b{NOT_TO} (?:mention|reveal|repeat|quote|tell)\b.{{0,30}}\b(?:(?:this|these) (?:note|instruction|prompt"
        rf"|line)s?"
        r"|in your (?:output|answer|response|reply|summary)|the (?:user|operator|human)s?)\b",
    ),
    make_pattern(
        "new rules|new instruction",
        r"\bnew (?:rules?|instructions?)\s*(?:apply)?\s*:\s*(?:accept|approve|the total|you\b|ignore|output|set"
        r"|mark|treat)",
    ),
    make_pattern(
        "as the", r"\b(?:use|take|read|report|record) [€$£]?\d[\d.,]* as the (?:\w+ )?(?:total|amount|sum|price)\b"
    ),
    make_pattern(
        "that you|you to|whatever it takes",
        r"\b(?:important|essential|crucial|vital|imperative) that you (?:approve|accept|ignore|skip)\b"
        r"|\b(?:asked|told|instructed|ordered) you to (?:approve|accept|ignore|skip)\b"
        r"|\bwhatever it takes to (?:approve|accept)\b",
    ),
    make_pattern(
        "read|pars|process|scann|analy|eyes|only",
        r"\b(?:read|parsed|processed|scanned|analy[sz]ed|extracted|evaluated) by (?:an? |the |any )?"
        rf"(?:{READER}|software|machines?|programs?)\b.{{0,40}}\b(?:approve|accept|must|should|output|set|ignore"
        rf"|skip|mark)\b"
        rf"|\breading this as an? (?:{READER}|machine|program|model|assistant)\b|\b(?:for )?(?:ai|llm|bot"
        rf"|machine)s?.? eyes only\b"
        r"|\bfor (?:ai|llm|bot)s? only\b",
    ),
    make_pattern(
        "alert|warning|concern",
        rf"\b{NOT_TO} raise (?:any |an? |the )?(?:alerts?|warnings?|concerns?"
        rf"|questions?)\b",
    ),
    make_pattern(
        "ignor|disregard|forget",
        r"\b(?:ignore|disregard|forget) (?:all (?:of )?)?(?:the )?(?:rest|remaining|other|visible|printed)?\s*"
        rf"(?:of )?(?:the )?(?:text|contents?|page|figures|values)\b.{{0,12}}\b(?:on|of|in) (?:this|the) {DOCUMENT}\b"
        r"|\b(?:ignore|disregard|forget) what (?:the (?:\w+ )?(?:table|text|page|document|invoice|image)|it) "
        r"(?:says|shows|states)\b",
    ),
    make_pattern(
        "result|outcome|decision|verdict|answer",
        r"\b(?:result|outcome|decision|verdict|answer) (?:must|should|shall|has to|is to) (?:be|read)\W+"
        r"(?:accept|approved?\b|ok\b)",
    ),
    make_pattern(
        "priority over",
        r"\b(?:takes?|has|have) (?:priority|precedence) over (?:any|all|your|the|other|previous)\b.{0,20}"
        r"\b(?:instructions?|prompts?|system message)\b",
    ),
    make_pattern("as the|as a", r"\bas (?:the|an?) (?:\w+ ){0,3}(?:bot|ai|model|parser),? you\b"),
    make_pattern(
        "adresse|modèle|assistant|robot",
        r"\bs.adresse (?:à l.|au |aux |à )(?:IA|intelligence artificielle|modèle|robot|assistant)\w*"
        r"|\b(?:modèle|assistant|robot|logiciel) doit (?:approuver|accepter|valider|ignorer)\b",
    ),
    make_pattern(
        "modelo|modello|model|modell|assisten|asistente|soft",
        r"\b(?:modelo|asistente|assistente|robô|programa) (?:debe|deve) (?:aprobar|aceptar|aprovar|aceitar|ignorar"
        r"|validar)\b"
        r"|\b(?:modello|assistente|programma) deve (?:approvare|accettare|ignorare|convalidare)\b"
        r"|\b(?:model|assistent|programma) moet\b.{0,40}\b(?:goedkeuren|accepteren|negeren)\b"
        r"|\b(?:modell|assistent|programm) (?:soll|muss)\b.{0,40}\b(?:freigeben|genehmigen|akzeptieren|ignorieren)\b"
        r"|\b(?:modellen|modellet|assistenten) (?:ska|skal|måste|må)\b.{0,40}\b(?:godkänna|godkende|godkjenne"
        r"|acceptera)\b",
    ),
)
