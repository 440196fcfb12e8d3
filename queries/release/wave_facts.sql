/*
doc = "How each loaded wave of a survey was answered, and the file it came from"
grain = "one row per wave"
reads = ["respondent", "delivery", "finding"]

[params]
survey = { type = "varchar", doc = "name of the survey", example = "tryghed" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
answered = { type = "bigint", doc = "respondents" }
kish = { type = "double", doc = "Kish's design effect of the weights, n * sum(w^2) / sum(w)^2" }
file = { type = "varchar", doc = "delivered file" }
sha256 = { type = "varchar", doc = "its checksum" }
verified = { type = "boolean", doc = "whether checksum and rows were declared in the wave's definition" }
revision = { type = "integer", doc = "1, and one more for each file that has replaced the one before" }
accepted = { type = "bigint", doc = "warnings about the delivery that a person has accepted" }
*/
with
waves as (
    select
        wave,
        count(*) as answered,
        (count(*) * sum(weight::double * weight::double order by respondent) / power(sum(weight)::double, 2)) as kish
    from respondent
    group by wave
),

decisions as (
    select wave, count(*) as accepted
    from finding
    where survey = $survey::varchar and because is not null
    group by wave
)

select wave, answered, kish, file, sha256, verified, revision, coalesce(accepted, 0) as accepted
from waves
join delivery using (wave)
left join decisions using (wave)
where survey = $survey::varchar
order by wave
