/*
doc = "The stored verdicts on pairs of waves of a survey"
grain = "one row per wave, earlier wave and indicator"
reads = ["comparability"]

[params]
survey = { type = "varchar", doc = "name of the survey", example = "tryghed" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
against = { type = "varchar", doc = "the earlier one" }
indicator = { type = "varchar", doc = "indicator" }
verdict = { type = "varchar", doc = "sammenlignelig, forbehold or brud" }
reasons = { type = "varchar[]", doc = "kinds of difference that count, or declared_break" }
why = { type = "varchar[]", doc = "the same in Danish" }
*/
select wave, against, indicator, verdict, reasons, why
from comparability
where survey = $survey::varchar
order by indicator, wave, against
