"""What a person downloads from HubSpot or Salesforce, in small: spoken headers, API names, histories, merges."""

from __future__ import annotations

from oarlock.engines.presets import preset

from .conftest import Workspace

CONTACTS = (
    '"Record ID","First Name","Last Name","Email","Lifecycle Stage","Contact owner","Create Date",'
    '"Became a Lead Date","Became a Marketing Qualified Lead Date","Original Source","Job Level","Merged object IDs",'
    '"Associated Company IDs","Unsubscribed from all email"\n'
    "101,Ada,Lovelace,ada@plant.example,Marketing Qualified Lead,Lena Vogt,2026-01-05 09:30,2026-01-05 09:30,"
    '2026-02-10 14:00,Organic Search,director,"77;88",900,\n'
    "102,,Babbage,cb@plant.example,Lead,,2026-01-06 10:00,2026-01-06 10:00,,Paid Social,,,,true\n"
)
COMPANIES = (
    '"Record ID","Company name","Company Domain Name","Number of Employees","Industry"\n'
    '900,Plant AG,plant.example,"1,200",Manufacturing\n'
)
DEALS = (
    '"Record ID","Deal Name","Deal Stage","Amount","Close Date","Create Date","Associated Contact IDs","Deal owner"\n'
    "1,Robots,Closed Won,120000.5,2026-05-01 10:00,2026-03-01 10:00,101;102,Lena Vogt\n"
    "2,More robots,Contract Sent,50000,2026-12-01 10:00,2026-06-01 10:00,101,Jonas Keller\n"
    "3,No robots,Closed Lost,,2026-04-01 10:00,2026-03-02 10:00,,Lena Vogt\n"
)


def berlin(column: str) -> str:
    return f"strftime(timezone('Europe/Berlin', {column}), '%Y-%m-%d %H:%M')"


def hubspot(space: Workspace) -> None:
    space.put("hubspot-crm-exports-all-contacts.csv", CONTACTS)
    space.put("hubspot-crm-exports-all-companies.csv", COMPANIES)
    space.put("hubspot-crm-exports-all-deals.csv", DEALS)
    summary = space.bring(mapping=preset("hubspot-export"))
    assert {f.kind: (f.rows, f.quarantined) for f in summary.files} == {
        "contacts": (2, {}), "companies": (1, {}), "deals": (3, {}),
    }  # fmt: skip


def test_hubspot_contacts_become_people_with_their_own_fields_as_names(space: Workspace) -> None:
    hubspot(space)
    people = space.ask(
        f"SELECT person_id, name, email, recorded_stage, owner_id, source, account_id, consent, {berlin('created_at')},"
        " properties FROM people ORDER BY 1"
    )
    assert people == [
        ("101", "Ada Lovelace", "ada@plant.example", "Marketing Qualified Lead", "Lena Vogt", "Organic Search", "900",
         None, "2026-01-05 09:30", {"job_level": "director"}),
        ("102", "Babbage", "cb@plant.example", "Lead", None, "Paid Social", None, "withdrawn", "2026-01-06 10:00", {}),
    ]  # fmt: skip
    assert space.ask("SELECT name, employees FROM accounts") == [("Plant AG", 1200.0)]


def test_hubspot_stage_dates_become_the_history_of_the_recorded_stage(space: Workspace) -> None:
    hubspot(space)
    at = '"at"'
    history = f"SELECT entity_id, value, {berlin(at)} FROM changes WHERE field = 'recorded_stage' ORDER BY 1, 3"
    assert space.ask(history) == [
        ("101", "Lead", "2026-01-05 09:30"), ("101", "Marketing Qualified Lead", "2026-02-10 14:00"),
        ("102", "Lead", "2026-01-06 10:00"),
    ]  # fmt: skip
    merged = "SELECT entity_id, value FROM changes WHERE field = 'merged_into' ORDER BY 1"
    assert space.ask(merged) == [("77", "101"), ("88", "101")]


def test_hubspot_deals_are_won_lost_or_open_and_know_their_contacts(space: Workspace) -> None:
    hubspot(space)
    deals = space.ask(
        f"SELECT opportunity_id, status, CAST(amount AS VARCHAR), {berlin('closed_at')}, {berlin('expected_close')},"
        " person_id FROM opportunities ORDER BY 1"
    )
    assert deals == [
        ("1", "won", "120000.50", "2026-05-01 10:00", "2026-05-01 10:00", "101"),
        ("2", "open", "50000.00", None, "2026-12-01 10:00", "101"),
        ("3", "lost", None, "2026-04-01 10:00", "2026-04-01 10:00", None),
    ]
    pairs = "SELECT opportunity_id, person_id FROM opportunity_contacts ORDER BY ALL"
    assert space.ask(pairs) == [("1", "101"), ("1", "102"), ("2", "101")]
    assert space.ask("SELECT user_id FROM users ORDER BY 1") == [("Jonas Keller",), ("Lena Vogt",)]


def test_a_lifecycle_stage_that_moves_between_two_downloads_keeps_its_history(space: Workspace) -> None:
    hubspot(space)
    space.put("hubspot-crm-exports-all-contacts.csv", CONTACTS.replace(",Lead,,2026-01-06", ",Customer,,2026-01-06"))
    space.bring(mapping=preset("hubspot-export"))
    history = "SELECT value FROM changes WHERE entity_id = '102' AND field = 'recorded_stage' ORDER BY \"at\""
    assert space.ask(history) == [("Lead",), ("Customer",)]


def test_salesforce_data_export(space: Workspace) -> None:
    space.put("Lead.csv", (
        '"Id","IsDeleted","FirstName","LastName","Company","Email","Status","LeadSource","OwnerId","CreatedDate",'
        '"IsConverted","ConvertedDate","ConvertedContactId","Score__c"\n'
        '"00Q1","0","Ada","Lovelace","Plant","ada@x.example","Qualified","Web","0051","2026-01-05T08:30:00.000+0000",'
        '"1","2026-02-01","0031","7"\n'
        '"00Q2","1","Gone","Gone","","","","","","2026-01-05T08:30:00.000+0000","0","","",""\n'
    ))  # fmt: skip
    space.put(
        "Contact.csv",
        '"Id","FirstName","LastName","AccountId","CreatedDate"\n"0031","Ada","Lovelace","0011","2026-02-01T09:00:00.000+0000"\n',
    )
    space.put("Opportunity.csv", (
        '"Id","IsDeleted","AccountId","Name","StageName","Amount","CloseDate","IsClosed","IsWon","CreatedDate"\n'
        '"0061","0","0011","Robots","Closed Won","1000.00","2026-05-01","1","1","2026-02-02T09:00:00.000+0000"\n'
        '"0062","0","0011","More","Proposal","500","2026-12-01","0","0","2026-02-03T09:00:00.000+0000"\n'
        '"0063","0","0011","None","Closed Lost","","2026-04-01","1","0","2026-02-04T09:00:00.000+0000"\n'
    ))  # fmt: skip
    space.put("OpportunityHistory.csv", (
        '"Id","OpportunityId","StageName","Amount","CloseDate","CreatedDate","CreatedById"\n'
        '"h1","0061","Proposal","900","2026-04-01","2026-02-02T09:00:00.000+0000","0051"\n'
        '"h2","0061","Closed Won","1000.00","2026-05-01","2026-05-01T09:00:00.000+0000","0051"\n'
    ))  # fmt: skip
    space.put("LeadHistory.csv", (
        '"Id","LeadId","CreatedById","CreatedDate","Field","OldValue","NewValue"\n'
        '"l1","00Q1","0051","2026-01-20T10:00:00.000+0000","Status","Open","Qualified"\n'
        '"l2","00Q1","0051","2026-01-05T08:30:00.000+0000","created","",""\n'
    ))  # fmt: skip
    space.put("Task.csv", (
        '"Id","WhoId","WhatId","OwnerId","Status","TaskSubtype","ActivityDate","CreatedDate"\n'
        '"00T1","0031","0061","0051","Completed","Call","2026-02-10","2026-02-09T09:00:00.000+0000"\n'
        '"00T2","0031","0011","0051","Not Started","Task","2026-12-10","2026-02-09T09:00:00.000+0000"\n'
    ))  # fmt: skip
    space.put(
        "Event.csv",
        '"Id","WhoId","StartDateTime","DurationInMinutes"\n"00U1","0031","2026-02-12T13:00:00.000+0000","30"\n',
    )
    space.put(
        "CampaignMember.csv",
        '"Id","LeadId","ContactId","CampaignId","HasResponded","CreatedDate"\n"00v1","00Q1","","7011","1","2026-01-04T09:00:00.000+0000"\n',
    )
    summary = space.bring(mapping=preset("salesforce-export"))
    assert (summary.quarantined, [f.name for f in summary.files if f.ignored or f.refused]) == (0, [])
    people = "SELECT person_id, name, recorded_stage, source, account_id, properties['Score__c'] FROM people ORDER BY 1"
    assert space.ask(people) == [
        ("0031", "Ada Lovelace", None, None, "0011", None), ("00Q1", "Ada Lovelace", "Qualified", "Web", None, "7"),
    ]  # fmt: skip
    closing = f"{berlin('closed_at')}, {berlin('expected_close')}"
    deals = f"SELECT opportunity_id, status, {closing} FROM opportunities ORDER BY 1"
    assert space.ask(deals) == [
        ("0061", "won", "2026-05-01 00:00", "2026-05-01 00:00"), ("0062", "open", None, "2026-12-01 00:00"),
        ("0063", "lost", "2026-04-01 00:00", "2026-04-01 00:00"),
    ]  # fmt: skip
    history = 'SELECT entity, entity_id, field, value FROM changes ORDER BY "at", field'
    assert space.ask(history) == [
        ("person", "00Q1", "recorded_stage", "Qualified"), ("person", "00Q1", "merged_into", "0031"),
        ("opportunity", "0061", "amount", "900"), ("opportunity", "0061", "expected_close", "2026-04-01"),
        ("opportunity", "0061", "stage", "Proposal"), ("opportunity", "0061", "amount", "1000.00"),
        ("opportunity", "0061", "expected_close", "2026-05-01"), ("opportunity", "0061", "stage", "Closed Won"),
    ]  # fmt: skip
    activities = "SELECT activity_id, kind, person_id, opportunity_id, minutes FROM activities ORDER BY 1"
    assert space.ask(activities) == [
        ("00T1", "call", "0031", "0061", None), ("00U1", "meeting.held", "0031", None, 30.0),
    ]  # fmt: skip
    assert space.ask("SELECT person_id, kind, campaign_id FROM touches") == [("00Q1", "campaign.responded", "7011")]
