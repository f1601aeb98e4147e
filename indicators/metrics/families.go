package metrics

import "github.com/prometheus/client_golang/prometheus"

// families are all that a collector offers; each is a gauge.
var families []*prometheus.Desc

func family(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc("kaohe_"+name, help, labels, nil)
	families = append(families, d)
	return d
}

// The figures of the quarter and of the year to date.
var (
	value = family("indicator_value",
		"Value of an indicator in the current quarter or in the year to date, in the unit of kaohe_indicator_info.",
		"indicator", "org", "span")
	base = family("indicator_base",
		"Level of an indicator on 31 December before, from which it is to get to the target; 0 for what adds up.",
		"indicator", "org", "span")
	portion = family("indicator_breakdown",
		"Part of an indicator's value by a field of the data and what it says; of each field the 20 largest, the others together as (other).",
		"indicator", "org", "span", "dimension", "member")
	target = family("indicator_target",
		"Target of an indicator for the span, as an absolute value. Absent where none is in force.",
		"indicator", "org", "span")
	expected = family("indicator_expected",
		"Value that was due by the business date for the target to be met in time.",
		"indicator", "org", "span")
	gap = family("indicator_gap",
		"What is missing to the target of the span. Positive is short, negative is beyond it.",
		"indicator", "org", "span")
	completion = family("indicator_completion_ratio",
		"Value divided by the target of the span. 1 is all of it, and more is possible.",
		"indicator", "org", "span")
	paceRatio = family("indicator_pace_ratio",
		"Progress made divided by the progress that was due. Below 1 is behind the pace.",
		"indicator", "org", "span")
	reported = family("indicator_reported",
		"Whether anybody reported on the indicator in the span, if only that there was nothing.",
		"indicator", "org", "span")
	evidence = family("indicator_events",
		"Events that the value of the span rests on.",
		"indicator", "org", "span")
	status = family("indicator_status",
		"Status of an indicator in the span: 1 for the one that holds, 0 for the others.",
		"indicator", "org", "span", "status")
	lastEvent = family("indicator_last_event_timestamp_seconds",
		"Day of the last event that counts for the indicator, as the time at which it began.",
		"indicator", "org")
	illustrative = family("indicator_target_illustrative",
		"Whether the target in force is an example that nobody issued. Absent where none is in force.",
		"indicator", "org")
)

// What somebody has to answer for.
var (
	duty = family("indicator_duty",
		"Indicators that a unit must have a target for and must report, always 1.",
		"indicator", "org")
	firstTarget = family("indicator_first_target",
		"First target of the year. Absent unless another one is in force now.",
		"indicator", "org")
	firstGap = family("indicator_first_gap",
		"What is missing to the first target of the year. Absent unless another one is in force now.",
		"indicator", "org")
	eased = family("indicator_target_lowered",
		"By how much the target was made easier while the indicator was behind its pace. Absent where none is in force.",
		"indicator", "org")
	unitsReported = family("indicator_units_reported",
		"Units below that have none below themselves and have reported for the quarter. Absent for these units themselves.",
		"indicator", "org")
	unitsDue = family("indicator_units_due",
		"Units below that have none below themselves. Absent for these units themselves.",
		"indicator", "org")
)

// The last quarters.
var (
	quarterValue = family("quarter_value",
		"Value of an indicator in a quarter, or at its end; in the current quarter to date.",
		"indicator", "org", "quarter")
	quarterTarget = family("quarter_target",
		"Target of an indicator for a quarter, by the year's target that was in force at its end.",
		"indicator", "org", "quarter")
	quarterClosed = family("quarter_closed_value",
		"Value of an indicator as it was published when the quarter was closed last. Absent where it was not.",
		"indicator", "org", "quarter")
	quarterRevisions = family("quarter_revisions",
		"How often a quarter was closed. Absent where it was not.",
		"org", "quarter")
)

// Names and dates.
var (
	indicatorInfo = family("indicator_info",
		"Name, unit and responsible office of an indicator, whether more (up) or less (down) is better, and its kind.",
		"indicator", "name_zh", "name_en", "unit", "unit_en", "office", "direction", "kind")
	orgInfo = family("org_info",
		"Name of a unit, and the code of the one above it, which is empty for a root.",
		"org", "name", "name_en", "parent")
	businessDate = family("business_date_timestamp_seconds",
		"Business date, as the time at which it began: all figures are as of its end.")
	quarterLeft = family("quarter_remaining_seconds",
		"Whole days from the business date to the last day of the quarter, in seconds. 0 on that day.")
	yearLeft = family("year_remaining_seconds",
		"Whole days from the business date to the last day of the year, in seconds. 0 on that day.")
	quarterGone = family("quarter_elapsed_seconds",
		"Whole days of the quarter up to the business date, that one included, in seconds.")
	yearGone = family("year_elapsed_seconds",
		"Whole days of the year up to the business date, that one included, in seconds.")
	reportLeft = family("report_remaining_seconds",
		"Whole days from the business date to the day by which duties must be reported for the quarter, in seconds. "+
			"Negative after that day. Absent if the plan names none.")
	planInfo = family("plan_info",
		"The plan that the figures follow, always 1.",
		"hash", "name_zh", "name_en")
	seriesShown = family("series",
		"Series of figures that are offered, as kaohe_series_limit bounds them.")
	seriesLimit = family("series_limit",
		"Most series of figures that the plan lets be offered.")
	unitsOmitted = family("units_omitted",
		"Units of the tree that the plan exposes but whose series are left out because max_series would be exceeded.")
	seriesOmitted = family("series_omitted",
		"Series of the units left out, estimated from those of the units evaluated.")
)
