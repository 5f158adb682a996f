"""What is not asked for here: where it is had instead, and what must be rung at once. PURE.

Words are matched as whole words and in their company, so that "Gloves, sterile" and "Feeding pump" stay supplies.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST = 2_000  # characters that are looked at


@dataclass(frozen=True)
class Signpost:
    """`words` are meant unless `company` stands beside them: what they are a part of is asked for here."""

    code: str
    said: str | Promise
    words: re.Pattern[str]
    company: re.Pattern[str] | None = None
    rung: bool = False

    def shows(self, text: str) -> bool:
        if self.company:
            text = self.company.sub(" ", text)
        return bool(self.words.search(text))


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b")


# Most urgent first: the first that fits is shown.
SIGNPOSTS = (
    Signpost(
        "cardiac_arrest",
        gettext_lazy("Cardiac arrest: ring %(phone)s now. Do not send it here."),
        _any(
            r"cardiac arrest|arrest call|crash call|crash team|cpr in progress|resus call|"
            r"(?:not|stopped|isn't) breathing|no pulse|herzstillstand|reanimation"
        ),
        _any(r"(?:cardiac )?arrest (?:trolley|board|bag|drawer|box)s?|reanimation(?:swagen|skoffer)"),
        rung=True,
    ),
    Signpost(
        "massive_bleeding",
        gettext_lazy("Massive bleeding: ring %(phone)s now. Do not send it here."),
        _any(
            r"massive(?:ly)? (?:bleed(?:ing|s)?|ha?emorrhage|transfusion)|major ha?emorrhage|"
            r"bleeding (?:heavily|out|badly)|ha?emorrhaging|heavy bleeding|massivblutung|massentransfusion"
        ),
        _any(r"(?:massive|major) (?:ha?emorrhage|transfusion) (?:pack|trolley|box|kit|drill|training)s?"),
        rung=True,
    ),
    Signpost(
        "fire",
        gettext_lazy("Fire or smoke: break the glass and ring %(phone)s now. Do not send it here."),
        _any(r"fires?|on fire|burning|flames?|smell of (?:burning|smoke)|smoke|feuer|brennt|rauch"),
        _any(
            r"fire[- ](?:extinguishers?|doors?|blankets?|drills?|exits?|wardens?|training|safety|alarms?|"
            r"risk|escapes?|hoses?|routes?|plans?|certificates?|stops?|signs?|"
            r"action notices?|evacuation|resist(?:ant|ing)|retard(?:ant|ing)|rated)|smoke[- ](?:detectors?|"
            r"alarms?|heads?|evacuat\w+|free|hoods?|tubing)|no smoking|burning (?:sensation|feet)|"
            r"flame[- ](?:retardant|resistant)|feuerl\w+|rauchmelder\w*"
        ),
        rung=True,
    ),
    Signpost(
        "violence",
        gettext_lazy("Violence or a threat: ring %(phone)s now. Do not send it here."),
        _any(
            r"violen(?:t|ce)|assault(?:ed|ing)?|attack(?:ed|ing)? (?:a |the |by |our |my |staff|nurse|me|us)\w*|"
            r"being attacked|aggressi(?:ve|on)|threaten(?:s|ed|ing)?|(?:has|with) a (?:knife|gun|weapon)|"
            r"security now|gewalt\w*|bedroh\w+"
        ),
        _any(
            r"violence (?:training|reduction|prevention|policy|leaflets?|posters?|form)|(?:non|"
            r"anti)[- ]violen(?:t|ce)|(?:life|limb)[- ]threatening|aggressive (?:cleaner|disinfectant)"
        ),
        rung=True,
    ),
    Signpost(
        "medical_gas",
        gettext_lazy("Failure of the medical gas supply: ring %(phone)s now. Do not send it here."),
        _any(
            r"(?:medical|piped|wall) ?(?:gas(?:es)?|oxygen|air|vacuum|suction)(?: supply| pressure)? (?:is |"
            r"has |are )?(?:fail(?:ed|ure|ing|s)?|lost|gone|down|off|low)|(?:oxygen|gas|medical air) (?:supply|"
            r"pressure) (?:is |has )?(?:fail(?:ed|ure|ing|s)?|lost|gone|down|off|stopped|low)|(?:no|loss of|"
            r"lost) (?:piped |wall |medical )?(?:oxygen|gas|medical air) (?:supply|pressure)|no (?:piped|"
            r"wall) oxygen|failure of (?:the )?(?:medical gas|oxygen)(?:es)?(?: supply)?|"
            r"medical gas(?:es)? failure|oxygen has failed|(?:sauerstoff|gas)(?:ausfall|versorgung ausgefallen)"
        ),
        rung=True,
    ),
    Signpost(
        "missing_person",
        gettext_lazy("Somebody is missing: ring %(phone)s now. Do not send it here."),
        _any(
            r"missing (?:person|patient|child|baby|infant|resident|relative)s?|(?:patient|child|baby|person|"
            r"resident) (?:is |has gone |went |gone |has been )?missing|(?:cannot|can't|can not) find (?:a |"
            r"the |our |my )?(?:patient|child|baby)|abscond(?:ed|ing|er)?|abduct(?:ed|ion)|"
            r"patient (?:has )?(?:run|walked) (?:away|off|out)|vermisst\w*|entlaufen"
        ),
        _any(
            r"missing (?:person|patient|child|baby)(?:'s)? (?:name ?bands?|wristbands?|notes|labels?|policy|"
            r"posters?|forms?)"
        ),
        rung=True,
    ),
    Signpost(
        "controlled_drugs",
        gettext_lazy("Controlled drugs: go to the pharmacy in person, with the order book."),
        _any(
            r"controlled drugs?|cds|morphine?|morphin|diamorphine|oxycodone|oxynorm|fentanyl|alfentanil|"
            r"remifentanil|ketamine|methadone|pethidine|opioids?|opiates?|midazolam|tapentadol|buprenorphine|"
            r"bet[aä]ubungsmittel|btm"
        ),
        _any(
            r"(?:controlled drugs?|cds?|opioid|morphine) (?:cupboards?|cabinets?|registers?|order books?|books?|"
            r"keys?|locks?|fridge|denaturing kits?|destruction kits?|training|policy)"
        ),
    ),
    Signpost(
        "blood",
        gettext_lazy(
            "Blood and blood products come from the laboratory: ring the blood bank, %(phone)s puts you through."
        ),
        _any(
            r"blood products?|(?:units?|bags?|pints?) of (?:blood|red cells|o neg(?:ative)?)|"
            r"(?:packed )?red cells?|packed cells|platelets?|plasma|ffp|cryo(?:precipitate)?|"
            r"o[- ]neg(?:ative)?(?: blood)?|blood for (?:transfusion|a patient|theatre)|blood units?|"
            r"cross[- ]?match(?:ed)?(?: blood)?|albumin|^blood$|blutkonserven?|blutprodukte?|erythrozyten\w*|"
            r"thrombozyten\w*|immunoglobulins?"
        ),
        _any(
            r"(?:platelets?|plasma|blood|red cell|transfusion) (?:giving |administration |"
            r"transfusion )?(?:sets?|filters?|warmers?|fridges?|agitators?|incubators?|shakers?|boxe?s?|"
            r"bags? racks?|tubes?|bottles?)|plasma (?:steriliser|tv|screen|display)s?|low[- ]temperature plasma"
        ),
    ),
    Signpost(
        "medicines",
        gettext_lazy("Medicines and fluids come from the pharmacy."),
        _any(
            r"medicines?|medications?|meds|drugs?|tablets?|capsules?|antibiotics?|paracetamol|ibuprofen|aspirin|"
            r"insulin|heparin|enoxaparin|warfarin|salbutamol|adrenaline|amoxicillin|co-amoxiclav|omeprazole|"
            r"furosemide|potassium chloride|inhalers?|vaccines?|eye ?drops|ointment|suppositor(?:y|ies)|(?:iv|"
            r"intravenous|drip|infusion) fluids?|^fluids?$|bags? of (?:fluids?|saline|glucose|dextrose)|"
            r"(?:saline|glucose|dextrose|hartmann'?s?)(?: \S+)? bags?|hartmann'?s?|plasmalyte|sodium chloride|"
            r"medikamente?n?|arzneimittel|tabletten|antibiotik\w+|infusionsl[oö]sung\w*"
        ),
        _any(
            r"(?:medicines?|medications?|drugs?|meds|tablets?) (?:pots?|cups?|cupboards?|cabinets?|trolleys?|"
            r"trolly|carts?|fridges?|lockers?|rooms?|charts?|labels?|bags?|box(?:es)?|spoons?|crushers?|"
            r"cutters?|splitters?|counters?|waste|rounds?|rolls?|keys?|drawers?|tests?|screens?|"
            r"additive labels?|computers?|pcs?|stands?|cases?|chargers?|holders?)|(?:android|windows|samsung|"
            r"computer|graphics|touch) tablets?|tablet(?: device| computer| pc)|insulin (?:syringes?|pens?|"
            r"needles?|pen needles?|pumps?|pump sets?)|pen needles?|inhaler (?:spacers?|devices? labels?)|"
            r"eye ?drops? (?:aids?|bottles? holders?)|vaccines? (?:fridges?|carriers?|cool ?box(?:es)?)|"
            r"heparin (?:caps?|locks? caps?)|(?:saline|sodium chloride) (?:flush(?:es)?|syringes?|wipes?|swabs?|"
            r"irrigation pods?)|(?:iv|infusion|drip|intravenous) fluids? (?:warmers?|stands?|poles?|sets?|"
            r"pumps?|cabinets?)|(?:sharps|cytotoxic|pharmaceutical) (?:bin|waste|box)\w* (?:for )?(?:medicines?|"
            r"drugs?)|(?:medicines?|drugs?) (?:or|and) blood fridges?|drugs and alcohol|"
            r"(?:medicines?|drugs?) (?:allerg\w+|errors?|information|leaflets?|interactions?|polic\w+|audits?)"
        ),
    ),
    Signpost(
        "sterile_sets",
        gettext_lazy("Sterile instrument sets come from sterile services."),
        _any(
            r"(?:surgical |sterile |theatre )?instruments?(?: (?:sets?|trays?))?|theatre (?:sets?|trays?)|"
            r"sterile (?:instrument )?(?:sets?|trays?)|(?:laparotomy|orthopa?edic|basic|minor ops|caesarean|"
            r"section|hip|knee|plating|craniotomy) (?:sets?|trays?)|cssd|hssu|instrumentensiebe?|siebe|"
            r"op[- ]?siebe?"
        ),
        _any(
            r"instruments? (?:trolleys?|tables?|cleaners?|detergents?|brushes|bins?|trays? liners?|washers?|"
            r"wipes?|stands?|mats?|lubricant)|(?:suture|dressing|catheter(?:isation)?|wound) (?:sets?|packs?|"
            r"trays?)|(?:hand|music|writing|measuring) instruments?|disposable instruments?|"
            r"single[- ]use instruments?"
        ),
    ),
    Signpost(
        "feeds",
        gettext_lazy("Milk and feeds come from dietetics."),
        _any(
            r"milk|formula(?: milk)?|feeds?|(?:enteral|tube|infant|baby|sip) feeds?|nutritional supplements?|"
            r"supplement drinks?|thickener|parenteral nutrition|tpn|sondennahrung|s[aä]uglingsnahrung|milch"
        ),
        _any(
            r"(?:breast )?milk (?:fridges?|freezers?|bottles?|pumps?|kitchen|storage|labels?|warmers?|"
            r"collection|bags?|containers?|expressing kits?)|feed (?:pumps?|sets?|tubes?|bottles?|warmers?|"
            r"giving sets?|stands?|hoppers?|rollers?|trays?)|(?:paper|sheet|document|live|video|power|data|news|"
            r"label|line) feeds?|feeds? (?:the |through|into|paper|labels)\w*|(?:paper|labels?|it|"
            r"printer) (?:does not|will not|won't|doesn't|not|no longer) feeds?"
        ),
    ),
    Signpost(
        "meals",
        gettext_lazy("Patient meals come from catering."),
        _any(
            r"meals?|lunch(?:es)?|dinners?|breakfasts?|suppers?|sandwich(?:es)?|food|snacks?|mahlzeit(?:en)?|"
            r"mittagessen|fr[uü]hst[uü]ck|abendessen"
        ),
        _any(
            r"(?:meals?|food|lunch|snack) (?:trolleys?|trays?|tables?|fridges?|waste|bins?|bags?|probes?|"
            r"thermometers?|charts?|labels?|box(?:es)?|containers?|covers?|recorders?|mixers?|processors?|caddy|"
            r"caddies|allerg\w+|hygiene|safety)|late meals?|"
            r"(?:over|at|after|before|during|since) (?:lunch|dinner|breakfast|supper|"
            r"meals?)(?: ?times?)?|(?:lunch|dinner|breakfast|supper|meal) ?times?|lunch breaks?"
        ),
    ),
    Signpost(
        "valuables",
        gettext_lazy(
            "Valuables of patients go to the general office: ring %(phone)s, and keep them with two people until then."
        ),
        _any(
            r"valuables?|jewell?ery|wedding rings?|patients?'?s? (?:property|money|cash|wallet|purse|handbag|"
            r"watch|rings?)|wertsachen|schmuck"
        ),
        _any(
            r"(?:patients?'?s? )?(?:property|valuables?) (?:bags?|envelopes?|books?|box(?:es)?|forms?|labels?|"
            r"lockers?|safes?|stickers?|policy)|(?:body )?jewell?ery (?:tape|covers?)"
        ),
    ),
)


def signpost(words: str, *, only_rung: bool = False) -> Signpost | None:
    """The sign that stands where these words lead, if they lead elsewhere. `only_rung`: only what must be rung at once."""
    text = " ".join(words[:LONGEST].casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    signs = (sign for sign in SIGNPOSTS if sign.rung or not only_rung)
    return next((sign for sign in signs if text and sign.shows(text)), None)


def refusal(words: str, *, phone: str = "", only_rung: bool = False) -> str:
    """Why this is not asked for here, and where it is had or rung; '' for what may be asked. `phone`: of the hospital."""
    sign = signpost(words, only_rung=only_rung)
    if sign is None:
        return ""
    return str(sign.said) % {"phone": phone or _("the emergency number")}
