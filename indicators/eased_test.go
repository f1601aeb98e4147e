package indicators_test

import "testing"

// 64 guidances are done by the end of February. Of a target of 400 or more that is behind the monthly pace of March, of one
// of 200 it is not.
func TestTargetMadeEasierWhileBehind(t *testing.T) {
	type set struct{ day, value, more string }
	for _, tt := range []struct {
		name string
		sets []set
		asOf string
		want string
	}{
		{"the only target", []set{{"2018-01-01", "400", ""}}, "2018-03-31", ""},
		{"lowered while behind", []set{{"2018-01-01", "400", ""}, {"2018-03-05", "300", ""}}, "2018-03-31", "100"},
		{"lowered by two steps", []set{{"2018-01-01", "900", ""}, {"2018-03-05", "600", ""}, {"2018-03-20", "500", ""}}, "2018-03-31", "400"},
		{"not yet in force", []set{{"2018-01-01", "400", ""}, {"2018-03-05", "300", `,"effective_from":"2018-04-01"`}}, "2018-03-31", ""},
		{"lowered while on its pace", []set{{"2018-01-01", "200", ""}, {"2018-03-05", "150", ""}}, "2018-03-31", ""},
		{"lowered before anything was due", []set{{"2018-01-01", "400", ""}, {"2018-01-15", "300", ""}}, "2018-03-31", ""},
		{"raised", []set{{"2018-01-01", "400", ""}, {"2018-03-05", "500", ""}}, "2018-03-31", ""},
		{"lowered, and raised again in part", []set{{"2018-01-01", "400", ""}, {"2018-03-05", "300", ""}, {"2018-03-06", "330", ""}}, "2018-03-31", "70"},
		{"lowered, and raised beyond", []set{{"2018-01-01", "400", ""}, {"2018-03-05", "300", ""}, {"2018-03-06", "500", ""}}, "2018-03-31", ""},
		{"dated back to the year's first day", []set{{"2018-01-01", "400", ""}, {"2018-03-05", "300", `,"effective_from":"2018-01-01"`}}, "2018-03-31", "100"},
		{"asked before the change was made", []set{{"2018-01-01", "400", ""}, {"2018-03-05", "300", ""}}, "2018-02-28", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t).happen(`2018-02-28 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}`)
			for _, s := range tt.sets {
				w.target(s.day, "450703", "guidances", s.value, "flow", s.more)
			}
			if got := eased(w, tt.asOf, "guidances"); got != tt.want {
				t.Errorf("eased by %q, want %q", got, tt.want)
			}
		})
	}
}

// A level that is to be kept low is made easier by a higher target.
func TestTargetOfALevelToBeKeptLowMadeEasier(t *testing.T) {
	w := newWorld(t).happen(`
2015-06-01 450703 HighTechRecognized {"enterprise_id":"a","certificate_no":"GR201545000001","kind":"first"}
2015-06-01 450703 HighTechRecognized {"enterprise_id":"b","certificate_no":"GR201545000002","kind":"first"}
2015-06-01 450703 HighTechRecognized {"enterprise_id":"c","certificate_no":"GR201545000003","kind":"first"}
`).target("2018-01-01", "450703", "expiring", "1", "stock", `,"quarterly_plan":["1","1","1","1"]`).
		target("2018-03-05", "450703", "expiring", "2", "stock", `,"quarterly_plan":["2","2","2","2"]`)
	if row := w.row("2018Q1", "450703", "2018-03-31", "expiring"); row.Year.Value.String() != "3" {
		t.Fatalf("expiring = %s, want 3", row.Year.Value)
	}
	if got := eased(w, "2018-03-31", "expiring"); got != "1" {
		t.Errorf("eased by %q, want 1", got)
	}
}

// A target that was corrected is as if it had been set so: it was never made easier.
func TestTargetCorrectedWhileBehind(t *testing.T) {
	l := newLedger(t)
	l.fact("2018-02-28", "450703", "EnvoyServiceRecorded", `{"kind":"guidance","count":64}`)
	target := l.fact("2018-01-01", "450703", "TargetSet", `{"indicator":"guidances","year":2018,"value":"400","basis":"flow"}`)
	l.correct(target, `{"data":{"value":"300"}}`) // on 20 April
	card := l.card(l.plan, l.head.Seq, "450703", mustQuarter(t, "2018Q2"), mustDate(t, "2018-04-30"))
	if row, _ := card.Row("guidances"); row.TargetEased.Known() || row.Year.Target.String() != "300" {
		t.Errorf("target %s, eased by %s, want 300 and null", row.Year.Target, row.TargetEased)
	}
}

func eased(w *world, asOf, indicator string) string {
	w.tb.Helper()
	if n := w.row("2018Q1", "450703", asOf, indicator).TargetEased; n.Known() {
		return n.String()
	}
	return ""
}
