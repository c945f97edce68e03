-- Deals by product as the price list writes it, by outcome, with money. GTXPro is GTX Pro by the mapping's own word.
SELECT
    CASE product WHEN 'GTXPro' THEN 'GTX Pro' ELSE product END AS product,
    CASE deal_stage WHEN 'Won' THEN 'won' WHEN 'Lost' THEN 'lost' ELSE 'open' END AS status,
    count(*), count(account), count(engage_date), CAST(sum(CAST(close_value AS DECIMAL(18, 2))) AS VARCHAR)
FROM read_csv('{data}/sales_pipeline.csv', all_varchar = true)
GROUP BY 1, 2 ORDER BY 1, 2
