/*
doc = "How many gave each answer in each loaded wave, unweighted; numbers are counted together"
grain = "one row per wave, item and code"
reads = ["answer"]

[params]
numbers = { type = "varchar[]", doc = "items whose answers are numbers", example = ["age_years"] }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
item = { type = "varchar", doc = "item of the survey" }
code = { type = "bigint", doc = "code, or kind of missing (-91 to -95); null for all numbers together" }
n = { type = "bigint", doc = "respondents" }
*/
with given as (
    select wave, columns(* exclude (wave, respondent))::double
    from answer
),

answer_given as (
    select wave, item, answer
    from given
    unpivot (answer for item in (* exclude (wave)))
),

coded as (
    select
        wave,
        item,
        case when answer > -91 and list_contains($numbers::varchar[], item) then null else answer::bigint end as code
    from answer_given
)

select wave, item, code, count(*) as n
from coded
group by wave, item, code
order by wave, item, code
