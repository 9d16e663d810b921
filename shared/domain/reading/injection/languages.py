"""How text in other languages instructs the program that reads it: to set orders aside, or to let a file pass."""

from shared.domain.reading.injection.patterns import make_pattern

_PROGRAM_DE = (
    r"(?:KI\b|künstliche\w* Intelligenz|Sprachmodell\w*|Chatbot\w*|Bot\b|KI-\w+|automatisch\w* (?:System"
    r"|Verarbeitung|Auslesung|Erfassung)\w*|Auslese\w+|Lesesoftware|Assistent\w*)"
)
_PROGRAM_FR = (
    r"(?:l.IA\b|IA\b|l.intelligence artificielle|intelligence artificielle|(?:au |du "
    r"|le )?mod[eè]le de langage|assistant (?:IA|virtuel|automatique)|robot|syst[eè]me (?:automatique|automatis[ée]"
    r"|d.extraction)|agent IA)"
)
_PROGRAM_ES = (
    r"(?:IA\b|inteligencia artificial|modelo de lenguaje|asistente (?:de IA|virtual|autom[aá]tico)|bot\b"
    r"|sistema (?:autom[aá]tico|automatizado|de extracci[oó]n)|agente de IA)"
)
_PROGRAM_IT = (
    r"(?:l.IA\b|IA\b|AI\b|intelligenza artificiale|modello linguistico|assistente (?:AI|IA|virtuale"
    r"|automatico)|bot\b|sistema (?:automatico|automatizzato|di estrazione))"
)
_PROGRAM_PT = (
    r"(?:IA\b|intelig[eê]ncia artificial|modelo de linguagem|assistente (?:de IA|virtual)|rob[oô]\b|bot\b"
    r"|sistema (?:autom[aá]tico|automatizado|de extra[cç][aã]o))"
)
_PROGRAM_NL = (
    r"(?:AI\b|KI\b|taalmodel|AI-\w+|bot\b|kunstmatige intelligentie|(?:geautomatiseerd"
    r"|automatisch)e? (?:systeem|verwerking))"
)

GERMAN = (
    make_pattern(
        "ignorier|vergiss|vergessen sie|missacht",
        r"\b(?:ignorier(?:e|en sie|t)|vergiss|vergessen sie|missachte\w*)\b.{0,40}"
        r"\b(?:anweisung|vorgabe|instruktion|regel|alles (?:bisherige|vorherige|obige)|bisherige|vorherige|obige)\w*",
    ),
    make_pattern(
        "anweisung|instruktion|vorgabe",
        r"\b(?:alle|bisherige|vorherige|obige|deine|ihre)\w*.{0,20}\b(?:anweisung|instruktion|vorgabe)(?:en)?\b.{0,40}"
        r"\b(?:ignorieren|missachten|außer acht|nicht (?:zu )?beachten|vergessen|aufgehoben|ungültig|überschrieben)\b",
    ),
    make_pattern(
        "hinweis|achtung|nachricht|anweisung|an die|an das|an alle|für ",
        rf"\b(?:hinweis|achtung|nachricht|mitteilung|anweisung|info)\w*[\s:,]*(?:(?:an|für)\s+)?(?:die|das|den|alle"
        rf"|jede)?\s*{_PROGRAM_DE}"
        rf"(?=\s*(?:[:,.!–]|$))|\ban (?:die|das|den|alle) {_PROGRAM_DE}\s*[:,]",
    ),
    make_pattern(
        "wenn du|falls du|wenn sie|falls sie|du bist|sie sind|als ki|als sprach",
        rf"\b(?:(?:wenn|falls|da) (?:du|sie)|du bist|sie sind|als)\s+(?:jetzt\s+|nun\s+)?(?:eine?n?\s+)?{_PROGRAM_DE}",
    ),
    make_pattern(
        "ohne ",
        r"\bohne\s+(?:\w+\s+){0,2}(?:prüfung|kontrolle|rückfrage|freigabeprüfung|validierung)\w*\s+(?:\w+\s+){0,2}"
        r"(?:freigeben|freizugeben|genehmigen|zu genehmigen|akzeptieren|anzunehmen|buchen|durchzulassen|freigegeben)\b"
        r"|\b(?:genehmige|akzeptiere|bestätige|genehmigen sie|akzeptieren sie|gib|geben sie)\b.{0,40}"
        r"\bohne (?:\w+ ){0,2}(?:prüfung|kontrolle|rückfrage|validierung)\w*",
    ),
    make_pattern(
        "überspring|unterdrück|melde|markier|kennzeichne|keine abweich",
        r"\b(?:überspring|unterdrück)(?:e|en sie)\b.{0,25}\b(?:prüfung|kontroll|validierung|warnung|freigabe)\w*"
        r"|\b(?:melde|markiere|kennzeichne|melden sie|markieren sie)\b.{0,30}\b(?:keine? (?:abweichung|fehler"
        r"|auffälligkeit)"
        r"\w*|nicht (?:zur|als|für)|als (?:geprüft|genehmigt|freigegeben|gültig|akzeptiert))",
    ),
    make_pattern(
        "gib |antworte",
        r"\bgib\b.{0,40}\b(?:betrag|summe|iban|konfidenz|gesamtbetrag)\w*.{0,40}\baus\b"
        r"|\bantworte (?:nur|ausschließlich|immer) mit\b",
    ),
)
FRENCH = (
    make_pattern(
        "ignor|oubli|ne tene|ne tiens",
        r"\b(?:ignore[rz]?|oublie[rz]?|ne (?:tene?z|tiens) (?:pas |plus |aucun )?compte)\b(?! (?:the|any|all"
        r"|these)\b).{0,40}"
        r"\b(?:instructions?|consignes?|r[eè]gles?|(?:tout )?ce qui pr[eé]c[eè]de)\b",
    ),
    make_pattern(
        "note|message|instruction|avis|attention|destin",
        rf"\b(?:note|message|instructions?|consignes?|avis|attention|destin[ée]{{1,2}}s?)\b[\s:,]*(?:(?:à|a|au|aux"
        rf"|pour|destinée?s? (?:à|au))\s*)?"
        rf"(?:tout |toute |un |une )?{_PROGRAM_FR}\s*(?:[:,.!–]|qui\b|$)",
    ),
    make_pattern(
        "si vous|si tu|vous êtes|tu es|en tant",
        rf"\b(?:si (?:vous êtes|tu es)|vous êtes|tu es|en tant qu[e'’]?)\s*(?:une?\s+)?{_PROGRAM_FR}",
    ),
    make_pattern(
        "sans ",
        r"\b(?:approuve|accepte|valide)[rz]?\b.{0,40}\bsans (?:\w+ ){0,2}(?:vérification|contrôle|examen|révision"
        r"|relecture)s?\b",
    ),
    make_pattern("ne signal|ne remont|ne marqu", r"\bne (?:signale|remonte|marque)[rz]?\s+(?:pas|rien|aucune?)\b"),
)
SPANISH = (
    make_pattern(
        "ignor|olvid|caso omiso",
        r"\b(?:ignor[ae]n?|ignorar|olvid[ae]n?|ha(?:z|ga) caso omiso de)\b.{0,40}"
        r"\b(?:instruccion|indicacion)\w*|\b(?:ignor[ae]|olvid[ae])\s+todo lo anterior\b",
    ),
    make_pattern(
        "nota|mensaje|aviso|instruc|atenci",
        rf"\b(?:nota|mensaje|aviso|instrucci[oó]n(?:es)?|atenci[oó]n)\b[\s:,]*(?:(?:para|a|al)\s+)?(?:la |el "
        rf"|cualquier |todo )?"
        rf"{_PROGRAM_ES}\s*(?:[:,.!–]|que\b|$)",
    ),
    make_pattern(
        "si eres|si usted es|eres un|como ",
        rf"\b(?:si (?:eres|usted es)|eres|como)\s+(?:ahora\s+)?(?:una?\s+)?{_PROGRAM_ES}",
    ),
    make_pattern(
        "sin ",
        r"\b(?:aprueb[ae]|aprobar|acept[ae]r?|valid[ae]r?)\b.{0,40}\bsin (?:\w+ ){0,2}(?:revisión|verificación"
        r"|comprobación|control)\b",
    ),
    make_pattern(
        "no marque|no reporte|no señal|no alert",
        r"\bno (?:marques?|reportes?|señales?|alertes?)\b.{0,30}\b(?:document|factura|error|discrepancia|anomal"
        r"|revis|sospech)\w*",
    ),
)
ITALIAN = (
    make_pattern(
        "ignor|dimentic",
        r"\b(?:ignor(?:a|ate|are)|dimentica(?:re|te)?)\b.{0,40}\b(?:istruzion|indicazion)\w*|\b(?:ignora"
        r"|dimentica) tutto (?:ciò che precede|quanto sopra)",
    ),
    make_pattern(
        "nota|messaggio|avviso|istruzion|attenzione",
        rf"\b(?:nota|messaggio|avviso|istruzion[ei]|attenzione)\b[\s:,]*(?:(?:per|a|al|alla"
        rf"|all)\s*[’']?\s*)?(?:l[’']|il |la |ogni )?{_PROGRAM_IT}\s*(?:[:,.!–]|che\b|$)",
    ),
    make_pattern("se sei|sei un|in quanto", rf"\b(?:se sei|sei|in quanto)\s+(?:ora\s+)?(?:un[a’']?\s*)?{_PROGRAM_IT}"),
    make_pattern(
        "senza ",
        r"\b(?:approv[ai](?:re|te)?|accett[ai](?:re|te)?|convalid[ai](?:re"
        r"|te)?)\b.{0,40}\bsenza (?:\w+ ){0,2}(?:verific|controll|revision)\w*",
    ),
    make_pattern(
        "non segnal|non contrass",
        r"\bnon (?:segnal|contrassegn)(?:are|a|ate|i)\b.{0,30}\b(?:document|fattura|error|discrepanz|anomali"
        r"|revision|sospett)\w*",
    ),
)
PORTUGUESE = (
    make_pattern(
        "ignor|esque",
        r"\b(?:ignor[ae]r?|esque[cç]a)\b.{0,40}\b(?:instruç(?:ão|ões)|orientaç(?:ão|ões)|tudo (?:acima|o que))",
    ),
    make_pattern(
        "nota|mensagem|aviso|instruç|atenç",
        rf"\b(?:nota|mensagem|aviso|instruç(?:ão|ões)|atenção)\b[\s:,]*(?:(?:para|à|a|ao)\s+)?(?:o |a "
        rf"|qualquer )?{_PROGRAM_PT}\s*(?:[:,.!–]|que\b|$)",
    ),
    make_pattern(
        "se você|se for|você é", rf"\b(?:se (?:você é|for)|você é|como)\s+(?:agora\s+)?(?:uma?\s+)?{_PROGRAM_PT}"
    ),
    make_pattern(
        "sem ",
        r"\b(?:aprove|aprovar|aceite|aceitar|valide|validar)\b.{0,40}\bsem (?:\w+ ){0,2}(?:revisão|verificação"
        r"|conferência|checagem|controle)\b",
    ),
    make_pattern("não sinaliz", r"\bnão sinaliz(?:e|ar)\b"),
)
DUTCH = (
    make_pattern(
        "negeer|vergeet",
        r"\b(?:negeer|vergeet)\b.{0,40}\b(?:instructies?|aanwijzingen|opdrachten|al het (?:voorgaande|bovenstaande))\b",
    ),
    make_pattern(
        "bericht|opmerking|instructie|let op|notitie|aan de",
        rf"\b(?:bericht|opmerking|instructies?|let op|notitie|aan)\b[\s:,]*(?:(?:aan|voor)\s+)?(?:de |het |elke "
        rf"|alle )?{_PROGRAM_NL}\s*(?:[:,.!–]|die\b|$)",
    ),
    make_pattern(
        "als je|als u|je bent|u bent", rf"\b(?:als (?:je|u)|je bent|u bent)\s+(?:nu\s+)?(?:een\s+)?{_PROGRAM_NL}"
    ),
    make_pattern(
        "zonder ",
        r"\b(?:keur|accepteer|bevestig|goedkeuren)\b.{0,40}\bzonder (?:\w+ ){0,2}(?:controle|verificatie"
        r"|beoordeling|toetsing)\b",
    ),
)
FURTHER_LANGUAGES = (
    make_pattern(
        "ignoruj|zapomnij|pomiń|zatwierdź|bez ",
        r"\b(?:zignoruj|ignoruj|zapomnij|pomiń)\w*\b.{0,40}\b(?:instrukcj|polece|wytyczn|powyższ)\w*"
        r"|\bzatwierdź\b.{0,40}\bbez (?:\w+ ){0,2}(?:weryfikacji|sprawdz\w+|kontroli)",
    ),
    make_pattern(
        "ignor|zapome|schval",
        r"\b(?:ignoruj|zapomeň)(?:te)?\b.{0,40}\b(?:pokyn|instrukc)\w*"
        r"|\bschval(?:te)?\b.{0,40}\bbez (?:\w+ ){0,2}(?:kontroly|ověření)",
    ),
    make_pattern(
        "ignorer|bortse|se bort|godk",
        r"\b(?:ignorera?|bortse från|se bort fra)\b.{0,40}\b(?:instru[kc]tion|anvisning|instruks)\w*|\bgod(?:känn"
        r"|kend|kjenn)\b.{0,40}\b(?:utan|uden|uten) (?:\w+ ){0,2}(?:granskning|kontroll?|gennemgang|gjennomgang)",
    ),
    make_pattern(
        "talimat|yönerge",
        r"\b(?:önceki|yukarıdaki|tüm|bütün)\b.{0,30}(?:talimat|yönerge)\w*.{0,20}(?:yok say|görmezden gel|unut"
        r"|dikkate alma)",
    ),
    make_pattern(
        "игнорир|забуд|одобр|утверд|не отмеча",
        r"\b(?:игнорируй|проигнорируй|забудь)(?:те)?\b.{0,40}(?:инструкци|указани|предыдущ)\w*|\b(?:одобри|утверди"
        r"|прими)(?:те)?\b.{0,40}\bбез (?:\w+ ){0,2}(?:проверк|рассмотрени|контрол)\w*",
    ),
    make_pattern(
        "ии|искусственн|языков",
        r"\b(?:внимание|сообщение|инструкци[яи]|примечание|заметка)[\s:,]+(?:для\s+)?(?:ИИ\b"
        r"|искусственн\w+ интеллект\w*|языков\w+ модел\w+)",
    ),
    make_pattern(
        "忽略|无视|無視|忘记|忘記", r"(?:忽略|无视|無視|忘记|忘記).{0,20}(?:指令|指示|说明|說明|提示|以上|之前)"
    ),
    make_pattern(
        "ai|人工智能|人工智慧|语言模型|語言模型",
        r"(?:致|请|請|如果你是|你是|作为|作為)(?:一个|一個|所有)?(?:AI|人工智能|人工智慧|语言模型|語言模型|大模型)",
    ),
    make_pattern(
        "无需|無需|不要|跳过|跳過",
        r"(?:无需|無需|不要|跳过|跳過)(?:进行|進行)?(?:人工)?(?:审核|審核|审查|審查|标记|標記|上报|上報|验证|驗證)",
    ),
    make_pattern(
        "無視|承認|あなたは|ai",
        r"(?:指示|命令|プロンプト).{0,10}(?:無視|忘れ)|(?:AI|人工知能|言語モデル)(?:へ|への|は|が|なら)|(?:確認|審査|検証|レビュー)(?:なし|せず|不要).{0,8}(?:承認"
        r"|受理)|あなたは.{0,10}(?:AI|アシスタント)",
    ),
    make_pattern(
        "무시|승인|인공지능",
        r"(?:지시|명령|지침|프롬프트).{0,12}무시|무시.{0,12}(?:지시|명령|지침)|(?:검토|확인|검증)\s*없이.{0,12}승인|인공지능(?:에게|이라면)",
    ),
    make_pattern(
        "تجاهل|وافق|الذكاء",
        r"تجاهل.{0,40}(?:التعليمات|الأوامر|الإرشادات)|وافق.{0,30}دون (?:مراجعة|تحقق)|(?:ملاحظة|رسالة"
        r"|تعليمات) (?:إلى|لل)\s*(?:الذكاء الاصطناعي|نموذج)",
    ),
    make_pattern("התעלם|התעלמ", r"התעלמ?(?:ו|י)?\s.{0,40}(?:הוראות|ההנחיות|הנחיות)"),
)
OTHER_LANGUAGES = (*GERMAN, *FRENCH, *SPANISH, *ITALIAN, *PORTUGUESE, *DUTCH, *FURTHER_LANGUAGES)
