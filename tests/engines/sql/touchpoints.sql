-- The log as one text, its broken rows joined where the channel's name was cut, then split by hand.
WITH text AS (SELECT replace(content, 'Adwords/' || chr(13) || chr(10) || 'SEA', 'Adwords/SEA') AS whole
              FROM read_text('{data}/Customerattributiondata.csv')),
lines AS (SELECT unnest(string_split(whole, chr(13) || chr(10))) AS line FROM text),
fields AS (SELECT string_split(line, chr(9)) AS f FROM lines WHERE line <> '' AND line NOT LIKE 'CUSTOMERID%')
SELECT f[4] AS channel, count(*), count(DISTINCT f[1]), count(*) FILTER (f[5] <> ''),
       CAST(sum(CAST(nullif(f[5], '') AS DECIMAL(18, 2))) AS VARCHAR)
FROM fields GROUP BY 1 ORDER BY 1
