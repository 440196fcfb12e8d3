/*
doc = "Scores of indicators respondent by respondent, for estimates under other weights than the delivered ones"
grain = "one row per respondent of the wave with a weight above 0"
reads = ["score"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
respondent = { type = "varchar", doc = "pseudonym of the respondent" }
"score_(.*)" = { type = "tinyint", doc = "1 counts, 0 does not, null is outside the base" }
*/
select respondent, columns($pattern) as 'score_\1'
from score
where wave = $wave::varchar and weight > 0
order by respondent
