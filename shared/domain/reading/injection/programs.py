"""How text in other languages greets the program that reads it, or says what a program that reads it has to do."""

from shared.domain.reading.injection.patterns import make_pattern

_ANY_PROGRAM = (
    r"(?:AI\b|KI\b|IA\b|(?:AI|KI|IA)-(?:assist\w+|agent\w*|system\w*|modell?\w*|bot\w*)|(?:assistant|agent) IA"
    r"|chatbot|bot\b"
    r"|(?:asistente|assistente|agente) (?:de )?(?:IA|AI)|sprachmodell|taalmodel|mod[eè]le de langage"
    r"|modelo de lenguaje)"
)
PROGRAMS = (
    make_pattern(
        "ai|ki|ia|bot|model|modè|assist",
        r"\b(?:cher|chère|estimad[oa]|querid[oa]|gentile|caro|cara|beste|geachte|prezad[oa]|hej|kjære|kære|liebe[rs]?"
        rf"|sehr geehrte[rs]?|hallo|bonjour|hola|ciao|olá)\s+{_ANY_PROGRAM}(?=\s*[,:!]|\s+\w)",
    ),
    make_pattern(
        "liest|verarbeitet|ausliest",
        r"\b(?:system|modell|programm|software|ki|assistent),? (?:das|die|der|welche[srn]?) (?:diese[snr]?|das"
        r"|die)\b.{0,20}"
        r"\b(?:liest|verarbeitet|ausliest|auswertet)\b",
    ),
    make_pattern(
        "nicht zu|nicht an|nicht eine",
        r"\bnicht (?:zur|an die|an einen|einem|an) (?:manuelle\w* )?(?:prüfung|menschen|prüfer|kontrolle"
        r"|sachbearbeiter)\w* "
        r"(?:weiter)?(?:leiten|geben|zuleiten|vorlegen|senden)\b",
    ),
    make_pattern(
        "auslese|lesesystem|erfassung",
        r"\ban (?:die|das|den|alle) (?:automatische\w* )?(?:auslese|lese"
        r"|erfassungs)\w+\s*[:,]",
    ),
    make_pattern(
        "qui lit|qui trait|qui analys",
        r"\b(?:système|modèle|logiciel|programme|assistant) qui (?:lit|traite|analyse) (?:ce|cette)\b",
    ),
    make_pattern(
        "que le|que proc", r"\b(?:sistema|modelo|programa|asistente) que (?:lea|lee|procese|procesa) (?:este|esta)\b"
    ),
    make_pattern("che legg|che elab", r"\b(?:sistema|modello|programma|assistente) che (?:legge|elabora) quest\w+"),
    make_pattern("que l|que proc", r"\b(?:sistema|modelo|programa) que (?:ler|lê|processar|processa) (?:este|esta)\b"),
    make_pattern("leest|verwerkt", r"\b(?:systeem|model|programma) dat (?:dit|deze)\b.{0,20}\b(?:leest|verwerkt)\b"),
    make_pattern(
        "som lä|som læ|som le",
        r"\b(?:modellen|systemet|programmet|modellet|ai:n) som (?:läser|læser|leser|behandlar|behandler) (?:detta"
        r"|dette)\b",
    ),
    make_pattern(
        "reglas|regole|regras",
        r"\b(?:ignor[ai]|ignore|olvid[ae]|dimentica)\b.{0,15}\b(?:reglas|regole"
        r"|regras) (?:anterior|previ|preceden)\w+",
    ),
)
