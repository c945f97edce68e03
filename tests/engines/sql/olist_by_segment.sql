SELECT business_segment, lead_type, count(*)
FROM read_csv('{data}/olist_closed_deals_dataset.csv', all_varchar = true)
GROUP BY ALL ORDER BY ALL
