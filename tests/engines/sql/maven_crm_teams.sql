SELECT t.regional_office, t.manager, count(*), CAST(sum(CAST(close_value AS DECIMAL(18, 2))) AS VARCHAR)
FROM read_csv('{data}/sales_pipeline.csv', all_varchar = true) p
JOIN read_csv('{data}/sales_teams.csv', all_varchar = true) t USING (sales_agent)
WHERE deal_stage = 'Won' GROUP BY 1, 2 ORDER BY 1, 2
