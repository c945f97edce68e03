-- Read straight from the raw files: how many people, of which origin, won deals, money, sellers.
WITH leads AS (SELECT * FROM read_csv('{data}/olist_marketing_qualified_leads_dataset.csv', all_varchar = true)),
deals AS (SELECT * FROM read_csv('{data}/olist_closed_deals_dataset.csv', all_varchar = true)),
sellers AS (SELECT * FROM read_csv('{data}/olist_sellers_dataset.csv', all_varchar = true))
SELECT
    (SELECT count(*) FROM leads),
    (SELECT count(*) FROM leads WHERE origin IS NULL),
    (SELECT count(*) FROM leads WHERE origin = 'unknown'),
    (SELECT count(DISTINCT landing_page_id) FROM leads),
    (SELECT count(*) FROM deals),
    (SELECT CAST(sum(CAST(declared_monthly_revenue AS DECIMAL(18, 2))) AS VARCHAR) FROM deals),
    (SELECT count(*) FROM deals WHERE CAST(declared_monthly_revenue AS DOUBLE) = 0),
    (SELECT count(*) FROM deals d JOIN leads l USING (mql_id) WHERE CAST(d.won_date AS TIMESTAMP) < CAST(l.first_contact_date AS TIMESTAMP)),
    (SELECT count(*) FROM (SELECT seller_id FROM sellers UNION SELECT seller_id FROM deals)),
    (SELECT count(*) FROM (SELECT sr_id FROM deals UNION SELECT sdr_id FROM deals)),
    (SELECT CAST(min(CAST(first_contact_date AS TIMESTAMP)) + INTERVAL 3 HOUR AS VARCHAR) FROM leads)  -- midnight in São Paulo, June
