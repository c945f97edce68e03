WITH opportunity AS (SELECT * FROM read_csv('{data}/sf_opportunity_history_data.csv', all_varchar = true)),
account AS (SELECT * FROM read_csv('{data}/sf_account_data.csv', all_varchar = true))
SELECT
    (SELECT count(*) FROM account WHERE lower(is_deleted) = 'false' AND lower(_fivetran_active) = 'true'),
    (SELECT count(*) FROM read_csv('{data}/sf_contact_data.csv', all_varchar = true)),
    (SELECT count(*) FROM read_csv('{data}/sf_lead_data.csv', all_varchar = true)),
    (SELECT count(stage_name) FROM opportunity),
    (SELECT count(amount) FROM opportunity),
    (SELECT count(*) FROM read_csv('{data}/sf_task_data.csv', all_varchar = true) WHERE status = 'Completed'),
    (SELECT count(*) FROM read_csv('{data}/sf_event_data.csv', all_varchar = true)),
    (SELECT count(*) FROM read_csv('{data}/sf_user_data.csv', all_varchar = true) WHERE coalesce(lower(_fivetran_active), 'true') = 'true')
