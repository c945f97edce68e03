WITH contact AS (SELECT * FROM read_csv('{data}/contact_data.csv', all_varchar = true)),
company AS (SELECT * FROM read_csv('{data}/company_data.csv', all_varchar = true)),
event AS (SELECT * FROM read_csv('{data}/email_event_data.csv', all_varchar = true))
SELECT
    (SELECT count(*) FROM contact),
    (SELECT sum(len(string_split(property_hs_merged_object_ids, ';'))) FROM contact WHERE property_hs_merged_object_ids IS NOT NULL)
        + (SELECT count(*) FROM read_csv('{data}/contact_merge_audit_data.csv', all_varchar = true)),
    (SELECT count("property_hs_all-funky-a9384-syntax") FROM company),
    (SELECT sum(CAST("property_hs_all-funky-a9384-syntax" AS INTEGER)) FROM company),
    (SELECT count(*) FROM event WHERE coalesce(lower(filtered_event), '') <> 'true'),
    (SELECT count(*) FROM event WHERE coalesce(lower(filtered_event), '') <> 'true' AND type = 'OPEN'),
    (SELECT count(*) FROM read_csv('{data}/deal_data.csv', all_varchar = true)),
    (SELECT count(*) FROM read_csv('{data}/contact_property_history_data.csv', all_varchar = true)),
    (SELECT count(*) FROM read_csv('{data}/deal_stage_data.csv', all_varchar = true)),
    (SELECT count(*) FROM read_csv('{data}/engagement_meeting_data.csv', all_varchar = true))
