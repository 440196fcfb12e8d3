/*
doc = "Weighted share of some indicators, wave by wave, in one area and category; says nothing about breaks"
grain = "one row per indicator and wave it has answers in"
reads = ["score", "membership", "grouping"]

[params]
indicators = { type = "varchar[]", doc = "indicators, as named in survey.toml", example = ["tryg_aften", "tryg_dag"] }
area_set = { type = "varchar", doc = "set of areas", default = "survey_districts_13" }
area = { type = "varchar", doc = "code of the area", default = "alle" }
dimension = { type = "varchar", doc = "division of respondents", default = "alle" }
category = { type = "varchar", doc = "category of the dimension", default = "alle" }

[result]
indicator = { type = "varchar", doc = "name of the indicator" }
wave = { type = "varchar", doc = "fieldwork round" }
n = { type = "bigint", doc = "answers in the indicator's base, unweighted" }
positives = { type = "bigint", doc = "of these, answers that count" }
share = { type = "double", doc = "weighted share, 0 to 1" }
*/
with respondent_score as (
    select wave, respondent, weight, columns($indicators)
    from score
),

answered as (
    select wave, respondent, weight, indicator, score
    from respondent_score
    unpivot (score for indicator in (* exclude (wave, respondent, weight)))
)

select
    indicator,
    wave,
    count(*) as n,
    count(*) filter (where score = 1) as positives,
    coalesce(sum(weight) filter (where score = 1), 0)::double / sum(weight)::double as share
from answered
join membership using (wave, respondent)
join grouping using (wave, respondent)
where
    area_set = $area_set::varchar
    and area = $area::varchar
    and dimension = $dimension::varchar
    and category = $category::varchar
group by indicator, wave
order by indicator, wave
