"""The articles of the tests, written for them."""

ARTICLES = [
    {
        "id": "river",
        "title": "Shelling resumes along the river – “no calm in sight”",
        "source": "Desk of the tests",
        "date": "2026-11-02",
        "text": "Artillery struck two villages at dawn, hours after observers had counted the first quiet "
        "night in weeks.\n\nThe general staff said that its positions had come under fire first. Residents "
        "spoke of four wounded and of a bridge that nobody can cross.\n\nThe foreign minister called it a "
        "deliberate escalation and asked for a meeting of the council.",
    },
    {
        "id": "genf",
        "title": "Außenminister verhandelt in Genf über Waffenruhe",
        "text": "Der Außenminister ist nach Genf gereist, um mit beiden Seiten über eine Waffenruhe zu sprechen. "
        "Diplomaten dämpften die Erwartungen.\n\nÜber den Abzug der Truppen soll erst später verhandelt werden.",
    },
    {
        "id": "batteries",
        "title": "Parliament approves two air defence batteries",
        "text": "After nine hours of debate, parliament approved the delivery of two air defence batteries and "
        "of ammunition for the winter. The opposition voted against the package.",
    },
    {
        "id": "umspannwerk",
        "title": "Drohnen treffen Umspannwerk im Süden",
        "text": "In der Nacht haben Drohnen ein Umspannwerk getroffen. Zehntausende Haushalte waren ohne Strom. "
        "Der Gouverneur sprach von einem gezielten Angriff auf die Versorgung der Stadt.",
    },
    {
        "id": "prisoners",
        "title": "Prisoners exchanged at the northern crossing",
        "text": "Both sides exchanged forty prisoners at the northern crossing on Thursday. Mediators called it "
        "the first result of talks that had stalled in the summer.",
    },
    {
        "id": "panzer",
        "title": "Streit über die Lieferung von Panzern",
        "text": "Der Bundestag hat über die Lieferung von Kampfpanzern gestritten. Die Kanzlerin verteidigte die "
        "Zurückhaltung der Regierung, die Opposition verlangte Tempo.",
    },
    {
        "id": "denial",
        "title": "Ministry denies talks about a withdrawal",
        "text": "The ministry of defence denied that it was in talks about withdrawing its troops from the north. "
        "Satellite images show columns that leave the garrison.",
    },
    {
        "id": "leitzins",
        "text": "Die Zentralbank lässt den Leitzins unverändert. Die Inflation sei gesunken, sagte die Präsidentin, "
        "doch die Preise für Energie blieben wegen des Krieges ein Risiko.",
    },
    {
        "id": "drill",
        "title": "Navy begins manoeuvre in the strait",
        "text": "Thirty ships began a manoeuvre in the strait on Monday. The neighbouring state called it a "
        "provocation and put its coast guard on alert.",
    },
    {
        "id": "sanktionen",
        "title": "Neue Sanktionen gegen Reeder",
        "text": "Die Außenminister haben neue Sanktionen gegen Reeder beschlossen, deren Tanker Öl am Embargo vorbei "
        "befördern. Zwei Staaten enthielten sich.",
    },
    {
        "id": "veto",
        "title": "Veto blocks the resolution on aid convoys",
        "text": "A veto blocked the resolution that would have opened the border to aid convoys. The ambassador "
        "said that the text ignored the attacks on his country.",
    },
    {
        "id": "markup",
        "title": "A headline with <img src=x onerror=alert(1)> in it",
        "text": "The ceasefire <b>holds</b> & the envoy is content, said a line that looks like markup. "
        "Troops on both sides stayed in their trenches.",
    },
]
