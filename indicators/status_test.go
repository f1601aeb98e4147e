package indicators

import (
	"encoding/json"
	"testing"
)

var byRatio = Thresholds{Profile: "ratio", OnTrack: 10000, Attention: 8000, Behind: 6000}
var byPoints = Thresholds{Profile: PointsProfile, BehindPoints: 100000, CriticalPoints: 300000}

type judged struct {
	name                          string
	dir                           Direction
	value, base, target, expected string
	gap, completion, pace         string // rounded, as in JSON; "" is null
	want                          Status
}

func (tt judged) check(t *testing.T, th Thresholds) {
	f := Figure{Value: num(t, tt.value), Base: num(t, tt.base), Target: num(t, tt.target), Expected: num(t, tt.expected)}
	f.judge(tt.dir, th)
	for _, c := range []struct {
		name string
		got  Number
		want string
	}{{"gap", f.Gap, tt.gap}, {"completion", f.Completion, tt.completion}, {"pace ratio", f.PaceRatio, tt.pace}} {
		if c.want == "" {
			c.want = "null"
		}
		if c.got.String() != c.want {
			t.Errorf("%s = %s, want %s", c.name, c.got, c.want)
		}
	}
	if f.Status != tt.want {
		t.Errorf("status = %q, want %q", f.Status, tt.want)
	}
}

func TestJudgeByRatio(t *testing.T) {
	tests := []judged{
		{"the target is met", Up, "200", "0", "200", "50", "0", "1", "4", Achieved},
		{"completion is never capped", Up, "234", "0", "200", "50", "-34", "1.17", "4.68", Achieved},
		{"a met target is achieved before anything is due", Up, "200", "0", "200", "0", "0", "1", "", Achieved},
		{"a target of 0 is met and has no completion", Up, "0", "0", "0", "0", "0", "", "", Achieved},
		{"no target", Up, "64", "0", "", "", "", "", "", NoTarget},
		{"no target and no value", Up, "", "", "", "", "", "", "", NoTarget},
		{"a value that is not known has no status", Up, "", "10", "20", "15", "", "", "", ""},
		{"too early: nothing is due yet", Up, "0", "0", "200", "0", "200", "0", "", TooEarly},
		{"too early: nothing is due and something is done", Up, "5", "0", "200", "0", "195", "0.025", "", TooEarly},
		{"too early: a level still at its base", Up, "10", "10", "15", "10", "5", "0.6667", "", TooEarly},
		{"attention: below the base while nothing is due", Up, "9", "10", "15", "10", "6", "0.6", "", Attention},
		{"no pace: nothing is known to be due", Up, "64", "0", "200", "", "136", "0.32", "", TooEarly},
		{"no pace, but met", Up, "200", "0", "200", "", "0", "1", "", Achieved},
		{"on track from 1.0", Up, "50", "0", "200", "50", "150", "0.25", "1", OnTrack},
		{"attention just below, however it is rounded", Up, "49.99999", "0", "200", "50", "150", "0.25", "1", Attention},
		{"attention from 0.8", Up, "40", "0", "200", "50", "160", "0.2", "0.8", Attention},
		{"behind below 0.8", Up, "39", "0", "200", "50", "161", "0.195", "0.78", Behind},
		{"behind from 0.6", Up, "30", "0", "200", "50", "170", "0.15", "0.6", Behind},
		{"critical below 0.6", Up, "29", "0", "200", "50", "171", "0.145", "0.58", Critical},
		{"critical at nought: silence does not excuse a lag", Up, "0", "0", "200", "50", "200", "0", "0", Critical},
		{"the pace of a level counts from its base", Up, "12", "10", "20", "15", "8", "0.6", "0.4", Critical},
		{"critical below the base once something is due", Up, "9", "10", "20", "15", "11", "0.45", "-0.2", Critical},
		{"a level of which nothing was known begins with 0", Up, "50", "", "100", "100", "50", "0.5", "0.5", Critical},
		{"held at its base, then lost some: attention", Up, "99", "100", "100", "100", "1", "0.99", "", Attention},
		{"allowed to fall, and fell as far as expected", Up, "98", "100", "90", "98", "-8", "1.0889", "1", Achieved},
		{"allowed to fall, and fell further", Up, "78", "100", "90", "97.5", "12", "0.8667", "0.8", Attention},
		{"a plan that dips below nought and a value that does not", Up, "2", "10", "5", "-1", "3", "0.4", "", OnTrack},
		{"an increase that may be a small decrease, and is a large one", Up, "-12", "0", "-10", "-3", "2", "1.2", "0.25", Critical},

		{"down: met at or below the target", Down, "3", "0", "10", "2.5", "-7", "0.3", "0.8333", Achieved},
		{"down: a nought has no pace ratio", Down, "0", "0", "10", "2.5", "-10", "0", "", Achieved},
		{"down: more than the year allows is held against what was due", Down, "12", "0", "10", "9", "2", "1.2", "0.75", Behind},
		{"down: a level on its way", Down, "18", "20", "12", "18", "6", "1.5", "1", OnTrack},
		{"down: a level halfway to what is due", Down, "19", "20", "12", "18", "7", "1.5833", "0.5", Critical},
		{"down: a level at its base while nothing is due", Down, "20", "20", "12", "20", "8", "1.6667", "", TooEarly},
		{"down: a level above its base while nothing is due", Down, "21", "20", "12", "20", "9", "1.75", "", Attention},
		{"down: allowed to rise, and rose further", Down, "25", "10", "20", "20", "5", "1.25", "0.8", Attention},
		{"down: a decrease to be made, half of it done", Down, "-1", "0", "-4", "-2", "3", "0.25", "0.5", Critical},
		{"down: a decrease to be made, on its way", Down, "-2", "0", "-4", "-2", "2", "0.5", "1", OnTrack},
		{"down: a decrease to be made that became an increase", Down, "1", "0", "-4", "-2", "5", "-0.25", "-0.5", Critical},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.check(t, byRatio) })
	}
}

func TestJudgeByPoints(t *testing.T) {
	tests := []judged{
		{"on track at the pace", Up, "25", "0", "100", "25", "75", "0.25", "1", OnTrack},
		{"attention below it", Up, "24", "0", "100", "25", "76", "0.24", "0.96", Attention},
		{"attention up to 10 points", Up, "15.01", "0", "100", "25", "84.99", "0.1501", "0.6004", Attention},
		{"behind from 10 points", Up, "15", "0", "100", "25", "85", "0.15", "0.6", Behind},
		{"never critical in the first quarter", Up, "0", "0", "100", "25", "100", "0", "0", Behind},
		{"behind at 30 points", Up, "45", "0", "100", "75", "55", "0.45", "0.6", Behind},
		{"critical above 30 points", Up, "44.9", "0", "100", "75", "55.1", "0.449", "0.5987", Critical},
		{"the points of a level are shares of the way from its base", Up, "12", "10", "20", "15", "8", "0.6", "0.4", Behind},
		{"down: points above the pace", Down, "15", "20", "10", "14", "5", "1.5", "0.8333", Behind},
		{"achieved goes before", Up, "100", "0", "100", "25", "0", "1", "4", Achieved},
		{"too early goes before", Up, "0", "0", "100", "0", "100", "0", "", TooEarly},
		{"a plan that leads away and back", Up, "4", "5", "5", "7", "1", "0.8", "-0.5", Critical},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.check(t, byPoints) })
	}
}

func TestLagging(t *testing.T) {
	for _, s := range append([]Status{""}, Statuses...) {
		if want := s == Behind || s == Critical; s.Lagging() != want {
			t.Errorf("%q lags: %t, want %t", s, s.Lagging(), want)
		}
	}
}

func TestStatusJSON(t *testing.T) {
	for _, s := range append([]Status{""}, Statuses...) {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if s == "" && string(b) != "null" {
			t.Errorf("the empty status is %s, want null", b)
		}
		var back Status
		if err := json.Unmarshal(b, &back); err != nil || back != s {
			t.Errorf("Unmarshal(%s) = %q, %v", b, back, err)
		}
	}
}
