"""A record small enough to count by hand: ten attacks of one week, and what goes with them."""

from __future__ import annotations

from pathlib import Path

HEADERS = {
    "attacks": "attack_id,reported_on,event_date,date_precision,site_id,target,weapons,munitions,"
    "outcome,killed,injured,casualties_of,claimed_by,attributed_to,confirmation,publisher,"
    "source_url,note",
    "tallies": "reported_on,since,through,scope,target,measure,value,qualifier,speaker,publisher,"
    "source_url,note",
    "deployments": "deployment_id,reported_on,effective_on,status,asset,kind,counting,quantity,"
    "unit,personnel,area,publisher,source_url,note",
    "responses": "response_id,reported_on,event_date,place,country,lat,lon,by,method,target_actor,"
    "targets_struck,killed_claimed,civilians_killed_claimed,in_response_to,publisher,source_url,"
    "note",
    "milestones": "milestone_id,reported_on,start_on,end_on,kind,title,publisher,source_url,note",
    "sites": "site_id,name,aliases,country,lat,lon,kind,source_url",
    "actors": "actor_id,name,aliases,parent,sponsor,country,note",
}
SOURCE = "Daily,https://example.org/,Made up."

#: The campaign that reports of the week count since, on the bases; the sea is a front of it, and
#: strikes in Yemen answer attacks on ships.
CAMPAIGNS = """\
[[campaign]]
id = "gaza-war"
title = "US forces under fire in the Middle East"
targets = ["us-coalition-forces"]
start = 2023-10-17
known_on = 2023-10-17
tally_since = [2023-10-17]
fronts = [
  { name = "Iraq", countries = ["IRQ"] },
  { name = "Syria", countries = ["SYR"] },
  { name = "Jordan", countries = ["JOR"] },
  { name = "Red Sea and Gulf of Aden", sites = ["the-sea"] },
  { name = "Israel", countries = ["ISR"], targets = ["israel"] },
]

[[campaign.theatres]]
id = "iraq-syria"
name = "Iraq and Syria"
countries = ["IRQ", "SYR"]

[[campaign.theatres]]
id = "yemen"
name = "Yemen"
countries = ["YEM"]
answers = ["us-warship", "commercial-shipping"]
"""

#: Ten attacks of one week, 1 to 7 November 2023, at three bases and at sea.
TEN_ATTACKS = [
    "2023-11-01-alpha-1,2023-11-01,2023-11-01,day,alpha,us-coalition-forces,drone,1,intercepted"
    ",,,,band,,official",
    "2023-11-01-bravo-1,2023-11-01,2023-11-01,day,bravo,us-coalition-forces,rocket,4,impact,0,2"
    ",us,band,,official",
    "2023-11-02-alpha-1,2023-11-04,2023-11-02,day,alpha,us-coalition-forces,drone+rocket,,unknown"
    ",,,,,band,media",
    "2023-11-03-alpha-1,2023-11-03,2023-11-03,day,alpha,us-coalition-forces,unknown,,unknown,,,,"
    "band,,claim",
    "2023-11-04-charlie-1,2023-11-04,2023-11-04,day,charlie,us-coalition-forces,drone,,impact,1,5"
    ",mixed,,,official",
    "2023-11-04-bravo-1,2023-11-05,2023-11-04,day,bravo,us-coalition-forces,rocket,,missed,,,,,"
    ",media",
    "2023-11-05-alpha-1,2023-11-05,2023-11-05,day,alpha,us-coalition-forces,drone,,intercepted,0,3"
    ",partner,other-band,,official",
    "2023-11-05-the-sea-1,2023-11-05,2023-11-05,day,the-sea,us-warship,missile,,intercepted,,,,"
    "other-band,,official",
    "2023-11-06-the-sea-1,2023-11-06,2023-11-06,day,the-sea,commercial-shipping,missile,,missed"
    ",,,,other-band,,claim",
    "2023-11-07-bravo-1,2023-11-07,2023-11-07,day,bravo,us-coalition-forces,unknown,,unknown,,,,"
    ",,media",
]


#: Somebody looked every day of that year's end.
COVERAGE = """\
since,through,targets,kept,note
2023-10-17,2023-12-31,us-coalition-forces+us-warship+commercial-shipping+israel+other,daily,
"""


def write(folder: Path) -> Path:
    """Write the seven tables of the week, its campaign and its coverage into a new folder."""
    rows = {
        "attacks": [f"{row},{SOURCE}" for row in TEN_ATTACKS],
        "tallies": [
            f"2023-11-05,2023-10-17,2023-11-04,ALL,us-coalition-forces,attacks,{value},exact,"
            f"Speaker,{SOURCE}"
            for value in (4, 5)
        ],
        "deployments": [
            f"ship,2023-10-20,2023-10-20,ordered,Ship group,carrier-strike-group,unit,4,ships,,"
            f"red-sea,{SOURCE}",
            f"ship,2023-11-03,2023-11-02,arrived,Ship group,carrier-strike-group,unit,,,,red-sea,"
            f"{SOURCE}",
            f"ship,2023-11-06,,extended,Ship group,carrier-strike-group,unit,,,,red-sea,{SOURCE}",
            f"guns,2023-11-01,2023-11-01,ordered,Batteries,air-defense,unit,3,batteries,200,iraq,"
            f"{SOURCE}",
            f"all-guns,2023-11-02,,ordered,All batteries,air-defense,summary,12,systems,,centcom,"
            f"{SOURCE}",
        ],
        "responses": [
            f"2023-11-03-syr-1,2023-11-04,2023-11-03,There,SYR,,,us,air-strike,band,2,,,,{SOURCE}",
            f"2023-11-04-yem-1,2023-11-04,2023-11-04,Elsewhere,YEM,,,us-uk,air-strike,,1,,,,{SOURCE}",
            f"2023-11-04-syr-1,2023-11-04,2023-11-04,There,SYR,,,israel,air-strike,,1,,,,{SOURCE}",
        ],
        "milestones": [],
        "sites": [
            "alpha,Alpha Base,,IRQ,33.00,43.00,air-base,https://example.org/",
            "bravo,Bravo Base,,SYR,35.00,40.00,garrison,https://example.org/",
            "charlie,Charlie Post,,JOR,,,garrison,https://example.org/",
            "the-sea,The Sea,,SEA,20.00,38.50,sea-area,https://example.org/",
        ],
        "actors": ["band,The Band,,,,IRQ,", "other-band,The Other Band,,,,YEM,"],
    }
    folder.mkdir()
    for table, lines in rows.items():
        text = "\n".join([HEADERS[table], *lines]) + "\n"
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    (folder / "campaigns.toml").write_text(CAMPAIGNS, encoding="utf-8")
    (folder / "coverage.csv").write_text(COVERAGE, encoding="utf-8")
    return folder
