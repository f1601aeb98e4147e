package indicators_test

import "testing"

// The four certificates of the tests: A and B from before 2018, C and D of 2018.
const certificates = `
2015-06-01 450703 HighTechRecognized {"enterprise_id":"A","certificate_no":"a","kind":"first"}
2017-03-01 450703 HighTechRecognized {"enterprise_id":"B","certificate_no":"b","kind":"first"}
2018-02-10 450703 HighTechRecognized {"enterprise_id":"C","certificate_no":"c","kind":"first"}
2018-05-20 450703 HighTechRecognized {"enterprise_id":"A","certificate_no":"a2","kind":"renewal"}
2018-08-01 450703 HighTechRecognized {"enterprise_id":"D","certificate_no":"d","kind":"first"}
2018-09-15 450703 HighTechRevoked {"enterprise_id":"B","certificate_no":"b","reason":"revoked"}
`

const villages = `
2018-01-05 450703 VillageListed {"village_id":"v1","name":"一村","list":"l"}
2018-01-05 450703 VillageListed {"village_id":"v2","name":"二村","list":"l"}
2018-01-05 450703 VillageListed {"village_id":"v3","name":"三村","list":"l"}
2018-02-01 450703 EnvoyAssigned {"envoy_id":"e","village_id":"v1"}
2018-02-20 450703 EnvoyAssigned {"envoy_id":"e","village_id":"v2"}
2018-04-10 450703 EnvoyReleased {"envoy_id":"e","village_id":"v2","reason":"other"}
`

func TestEvaluateKinds(t *testing.T) {
	tests := []struct {
		name                          string
		facts                         string
		target                        [4]string // indicator, value, basis, more; none if empty
		indicator, quarter, asOf      string
		wantQuarter, wantYear         string
		quarterEvents, yearEvents     int64
		quarterReported, yearReported bool
		last                          string
	}{
		{
			name: "a sum adds up within the quarter and within the year",
			facts: `2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}
				2018-05-02 450703 EnvoyServiceRecorded {"kind":"guidance","count":10}
				2018-05-03 450703 EnvoyServiceRecorded {"kind":"service_day","count":99}
				2018-06-29 450703 EnvoyServiceRecorded {"kind":"guidance","count":5}`,
			target:    [4]string{"guidances", "240", "flow", ""},
			indicator: "guidances", quarter: "2018Q2", asOf: "2018-05-31",
			wantQuarter:   "value 10 base 0 target 60 expected 40 gap 50 completion 0.1667 pace 0.25 critical",
			wantYear:      "value 74 base 0 target 240 expected 100 gap 166 completion 0.3083 pace 0.74 behind",
			quarterEvents: 1, yearEvents: 2, quarterReported: true, yearReported: true, last: "2018-05-02",
		},
		{
			name: "a count counts joint facts by their number and unknown numbers not at all",
			facts: `2018-01-10 450703 PatentGranted {"kind":"invention","count":3}
				2018-02-10 450703 PatentGranted {"kind":"design"}
				2018-03-10 450703 PatentGranted {"kind":"design","count":null}`,
			indicator: "grants", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter:   "value 4 base 0 target null expected null gap null completion null pace null no_target",
			wantYear:      "value 4 base 0 target null expected null gap null completion null pace null no_target",
			quarterEvents: 2, yearEvents: 2, quarterReported: true, yearReported: true, last: "2018-02-10",
		},
		{
			name: "distinct things count afresh in each span",
			facts: `2018-01-10 450703 EnterpriseIncubated {"enterprise_id":"A","pool":"hnte"}
				2018-02-10 450703 EnterpriseIncubated {"enterprise_id":"A","pool":"hnte"}
				2018-04-10 450703 EnterpriseIncubated {"enterprise_id":"A","pool":"sme"}
				2018-05-10 450703 EnterpriseIncubated {"enterprise_id":"B","pool":"sme"}`,
			target:    [4]string{"pool", "4", "flow", `,"quarterly_plan":["1","2","3","4"]`},
			indicator: "pool", quarter: "2018Q2", asOf: "2018-06-30",
			wantQuarter:   "value 2 base 0 target 1 expected 1 gap -1 completion 2 pace 2 achieved",
			wantYear:      "value 2 base 0 target 4 expected 2 gap 2 completion 0.5 pace 1 on_track",
			quarterEvents: 2, yearEvents: 4, quarterReported: true, yearReported: true, last: "2018-05-10",
		},
		{
			name:  "a stock is a level, held against the one due at the quarter's end",
			facts: certificates, target: [4]string{"firms", "6", "stock", ""},
			indicator: "firms", quarter: "2018Q3", asOf: "2018-08-31",
			wantQuarter:   "value 4 base 2 target 5 expected 4.6667 gap 1 completion 0.8 pace 0.75 behind",
			wantYear:      "value 4 base 2 target 6 expected 4.6667 gap 2 completion 0.6667 pace 0.75 behind",
			quarterEvents: 4, yearEvents: 4, quarterReported: true, yearReported: true, last: "2018-08-01",
		},
		{
			name:  "a stock loses what is revoked and what expires",
			facts: certificates, target: [4]string{"firms", "2", "net", ""},
			indicator: "firms", quarter: "2020Q1", asOf: "2020-03-31",
			wantQuarter:   "value 3 base 3 target null expected null gap null completion null pace null no_target",
			wantYear:      "value 3 base 3 target null expected null gap null completion null pace null no_target",
			quarterEvents: 3, yearEvents: 3, quarterReported: true, yearReported: true, last: "2018-09-15",
		},
		{
			name:  "a net target on a stock is added to its base",
			facts: certificates, target: [4]string{"firms", "2", "net", ""},
			indicator: "firms", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter:   "value 3 base 2 target 2.5 expected 2.5 gap -0.5 completion 1.2 pace 2 achieved",
			wantYear:      "value 3 base 2 target 4 expected 2.5 gap 1 completion 0.75 pace 2 on_track",
			quarterEvents: 3, yearEvents: 3, quarterReported: true, yearReported: true, last: "2018-02-10",
		},
		{
			name:  "a net is the change of its stock within the span",
			facts: certificates, target: [4]string{"firms_net", "4", "net", ""},
			indicator: "firms_net", quarter: "2018Q3", asOf: "2018-09-30",
			wantQuarter:   "value 0 base 0 target 1 expected 1 gap 1 completion 0 pace 0 critical",
			wantYear:      "value 1 base 0 target 4 expected 3 gap 3 completion 0.25 pace 0.3333 critical",
			quarterEvents: 2, yearEvents: 4, quarterReported: true, yearReported: true, last: "2018-09-15",
		},
		{
			name:      "a net counts what happens on the first day of the span",
			facts:     `2018-04-01 450703 HighTechRecognized {"enterprise_id":"A","certificate_no":"a","kind":"first"}`,
			indicator: "firms_net", quarter: "2018Q2", asOf: "2018-06-30",
			wantQuarter:   "value 1 base 0 target null expected null gap null completion null pace null no_target",
			wantYear:      "value 1 base 0 target null expected null gap null completion null pace null no_target",
			quarterEvents: 1, yearEvents: 1, quarterReported: true, yearReported: true, last: "2018-04-01",
		},
		{
			name:      "a latest of money is yuan",
			facts:     `2018-03-20 450703 SubsidyDisbursed {"subsidy_id":"s","amount_yuan":"30000.5"}`,
			indicator: "last_payment", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter:   "value 30000.5 base null target null expected null gap null completion null pace null no_target",
			wantYear:      "value 30000.5 base null target null expected null gap null completion null pace null no_target",
			quarterEvents: 1, yearEvents: 1, quarterReported: true, yearReported: true, last: "2018-03-20",
		},
		{
			name:  "what expires within a year is in force now and not in a year",
			facts: certificates, target: [4]string{"expiring", "0", "stock", ""},
			indicator: "expiring", quarter: "2018Q2", asOf: "2018-05-19",
			wantQuarter:   "value 1 base 1 target null expected null gap null completion null pace null no_target",
			wantYear:      "value 1 base 1 target 0 expected null gap 1 completion null pace null too_early",
			quarterEvents: 3, yearEvents: 3, quarterReported: true, yearReported: true, last: "2018-02-10",
		},
		{
			name:  "what was renewed does not expire",
			facts: certificates, target: [4]string{"expiring", "0", "stock", ""},
			indicator: "expiring", quarter: "2018Q2", asOf: "2018-05-20",
			wantQuarter:   "value 0 base 1 target null expected null gap null completion null pace null no_target",
			wantYear:      "value 0 base 1 target 0 expected null gap 0 completion null pace null achieved",
			quarterEvents: 4, yearEvents: 4, quarterReported: true, yearReported: true, last: "2018-05-20",
		},
		{
			name: "a latest holds until another is set, over the year's end",
			facts: `2017-06-30 450703 ReferenceValueSet {"key":"intensity","value":"0.31"}
				2018-06-30 450703 ReferenceValueSet {"key":"intensity","value":"0.4"}`,
			target:    [4]string{"intensity", "0.5", "stock", ""},
			indicator: "intensity", quarter: "2018Q2", asOf: "2018-06-29",
			wantQuarter:   "value 0.31 base 0.31 target 0.31 expected 0.31 gap 0 completion 1 pace null achieved",
			wantYear:      "value 0.31 base 0.31 target 0.5 expected 0.31 gap 0.19 completion 0.62 pace null too_early",
			quarterEvents: 1, yearEvents: 1, quarterReported: true, yearReported: true, last: "2017-06-30",
		},
		{
			name:      "a latest that nobody set is null, and so is its status under a target",
			target:    [4]string{"intensity", "0.5", "stock", ""},
			indicator: "intensity", quarter: "2018Q4", asOf: "2018-12-31",
			wantQuarter: "value null base null target 0.5 expected 0.5 gap null completion null pace null ",
			wantYear:    "value null base null target 0.5 expected 0.5 gap null completion null pace null ",
		},
		{
			name: "a ratio divides exactly what its parts come to in the year",
			facts: `2018-01-20 450703 SubsidyApplied {"subsidy_id":"s","enterprise_id":"A","kind":"rd","requested_yuan":"90000"}
				2018-03-20 450703 SubsidyDisbursed {"subsidy_id":"s","amount_yuan":"30000"}
				2018-04-20 450703 SubsidyDisbursed {"subsidy_id":"s","amount_yuan":"30000"}`,
			target:    [4]string{"paid_share", "100", "stock", ""},
			indicator: "paid_share", quarter: "2018Q2", asOf: "2018-06-30",
			wantQuarter:   "value 66.6667 base null target 100 expected 100 gap 33.3333 completion 0.6667 pace 0.6667 behind",
			wantYear:      "value 66.6667 base null target 100 expected 100 gap 33.3333 completion 0.6667 pace 0.6667 behind",
			quarterEvents: 3, yearEvents: 3, quarterReported: true, yearReported: true, last: "2018-04-20",
		},
		{
			name:      "a ratio of nothing is null",
			facts:     `2018-03-20 450703 SubsidyDisbursed {"subsidy_id":"s","amount_yuan":"30000"}`,
			indicator: "paid_share", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter:   "value null base null target null expected null gap null completion null pace null no_target",
			wantYear:      "value null base null target null expected null gap null completion null pace null no_target",
			quarterEvents: 1, yearEvents: 1, quarterReported: true, yearReported: true, last: "2018-03-20",
		},
		{
			name: "a ratio of a stock to a reference value is a level with a base",
			facts: certificates + `2017-12-01 450703 ReferenceValueSet {"key":"population","value":"400000"}
				2018-07-01 450703 ReferenceValueSet {"key":"population","value":"500000"}`,
			target:    [4]string{"firms_per_10k", "0.1", "stock", ""},
			indicator: "firms_per_10k", quarter: "2018Q3", asOf: "2018-08-31",
			wantQuarter:   "value 0.08 base 0.05 target 0.1 expected 0.1 gap 0.02 completion 0.8 pace 0.6 behind",
			wantYear:      "value 0.08 base 0.05 target 0.1 expected 0.1 gap 0.02 completion 0.8 pace 0.6 behind",
			quarterEvents: 5, yearEvents: 5, quarterReported: true, yearReported: true, last: "2018-08-01",
		},
		{
			name:  "a coverage is the part of its own list that is covered",
			facts: villages, target: [4]string{"coverage", "100", "stock", ""},
			indicator: "coverage", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter:   "value 66.6667 base null target 100 expected 100 gap 33.3333 completion 0.6667 pace 0.6667 behind",
			wantYear:      "value 66.6667 base null target 100 expected 100 gap 33.3333 completion 0.6667 pace 0.6667 behind",
			quarterEvents: 5, yearEvents: 5, quarterReported: true, yearReported: true, last: "2018-02-20",
		},
		{
			name:  "what is released is covered no longer",
			facts: villages, target: [4]string{"coverage", "100", "stock", ""},
			indicator: "coverage", quarter: "2018Q2", asOf: "2018-06-30",
			wantQuarter:   "value 33.3333 base null target 100 expected 100 gap 66.6667 completion 0.3333 pace 0.3333 critical",
			wantYear:      "value 33.3333 base null target 100 expected 100 gap 66.6667 completion 0.3333 pace 0.3333 critical",
			quarterEvents: 4, yearEvents: 4, quarterReported: true, yearReported: true, last: "2018-04-10",
		},
		{
			name:      "a coverage of nothing is null",
			facts:     `2018-02-01 450703 EnvoyAssigned {"envoy_id":"e","village_id":"v1"}`,
			indicator: "coverage", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter:   "value null base null target null expected null gap null completion null pace null no_target",
			wantYear:      "value null base null target null expected null gap null completion null pace null no_target",
			quarterEvents: 1, yearEvents: 1, quarterReported: true, yearReported: true, last: "2018-02-01",
		},
		{
			name: "a milestone is the furthest stage reached, as its ordinal",
			facts: `2017-11-01 450703 CarrierStageChanged {"carrier_id":"p","kind":"agri_park","to_stage":"planning"}
				2018-02-01 450703 CarrierStageChanged {"carrier_id":"p","kind":"agri_park","to_stage":"preparing"}
				2018-03-01 450703 CarrierStageChanged {"carrier_id":"p","kind":"agri_park","to_stage":"planning"}
				2018-03-15 450703 CarrierStageChanged {"carrier_id":"i","kind":"incubator","to_stage":"filed"}`,
			target:    [4]string{"park", "3", "stock", `,"due":"2018-06-30"`},
			indicator: "park", quarter: "2018Q2", asOf: "2018-06-30",
			wantQuarter:   "value 2 base 1 target 3 expected 3 gap 1 completion 0.6667 pace 0.5 critical",
			wantYear:      "value 2 base 1 target 3 expected 3 gap 1 completion 0.6667 pace 0.5 critical",
			quarterEvents: 3, yearEvents: 3, quarterReported: true, yearReported: true, last: "2018-03-01",
		},
		{
			name:      "a milestone that nobody began is at stage 0",
			target:    [4]string{"park", "3", "stock", `,"due":"2018-06-30"`},
			indicator: "park", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter: "value 0 base 0 target 0 expected 0 gap 0 completion null pace null achieved",
			wantYear:    "value 0 base 0 target 3 expected 0 gap 3 completion 0 pace null too_early",
		},
		{
			name:      "silence is a nought that nobody vouches for, and no excuse",
			target:    [4]string{"grants", "16", "flow", ""},
			indicator: "grants", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter: "value 0 base 0 target 4 expected 4 gap 4 completion 0 pace 0 critical",
			wantYear:    "value 0 base 0 target 16 expected 4 gap 16 completion 0 pace 0 critical",
		},
		{
			name:      "without a pace the year is too early and the quarter has no target",
			facts:     `2018-03-20 450703 SubsidyDisbursed {"subsidy_id":"s","amount_yuan":"30000.50"}`,
			target:    [4]string{"paid", "100000", "flow", ""},
			indicator: "paid", quarter: "2018Q1", asOf: "2018-03-31",
			wantQuarter:   "value 30000.5 base 0 target null expected null gap null completion null pace null no_target",
			wantYear:      "value 30000.5 base 0 target 100000 expected null gap 69999.5 completion 0.3 pace null too_early",
			quarterEvents: 1, yearEvents: 1, quarterReported: true, yearReported: true, last: "2018-03-20",
		},
		{
			name: "growth is on last year's whole figure, rounded up for counts",
			facts: `2017-12-31 450703 EnvoyServiceRecorded {"kind":"guidance","count":101}
				2018-01-31 450703 EnvoyServiceRecorded {"kind":"guidance","count":10}`,
			target:    [4]string{"guidances", "10", "growth", ""},
			indicator: "guidances", quarter: "2018Q1", asOf: "2018-01-31",
			wantQuarter:   "value 10 base 0 target 28 expected 9.3333 gap 18 completion 0.3571 pace 1.0714 on_track",
			wantYear:      "value 10 base 0 target 112 expected 9.3333 gap 102 completion 0.0893 pace 1.0714 on_track",
			quarterEvents: 1, yearEvents: 1, quarterReported: true, yearReported: true, last: "2018-01-31",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t).happen(tt.facts)
			if tt.target[0] != "" {
				w.target("2018-01-15", "450703", tt.target[0], tt.target[1], tt.target[2], tt.target[3])
			}
			row := w.row(tt.quarter, "450703", tt.asOf, tt.indicator)
			checkFigure(t, "quarter", row.Quarter, tt.wantQuarter)
			checkFigure(t, "year", row.Year, tt.wantYear)
			if q, y := row.Quarter.Events, row.Year.Events; q != tt.quarterEvents || y != tt.yearEvents {
				t.Errorf("events = %d, %d, want %d, %d", q, y, tt.quarterEvents, tt.yearEvents)
			}
			if q, y := row.Quarter.Reported, row.Year.Reported; q != tt.quarterReported || y != tt.yearReported {
				t.Errorf("reported = %t, %t, want %t, %t", q, y, tt.quarterReported, tt.yearReported)
			}
			if row.Reported != row.Quarter.Reported || row.Status != row.Year.Status {
				t.Errorf("headline is %t %s, want the quarter's report and the year's status", row.Reported, row.Status)
			}
			if tt.last == "" && row.LastEvent != 0 || tt.last != "" && row.LastEvent.String() != tt.last {
				t.Errorf("last event %s, want %s", row.LastEvent, tt.last)
			}
		})
	}
}
