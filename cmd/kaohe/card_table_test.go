package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// screen is a command line whose output can be read.
func screen(lang events.Lang) (*cli, *bytes.Buffer) {
	var out bytes.Buffer
	return &cli{stdout: &out, lang: lang}, &out
}

func figure(value, target indicators.Number, completion indicators.Number) *indicators.Figure {
	return &indicators.Figure{Value: value, Target: target, Completion: completion, Reported: true, Status: indicators.OnTrack}
}

// TestCompletionIsRoundedOnce: the completion of the JSON has four decimals of the ratio, rounded already.
func TestCompletionIsRoundedOnce(t *testing.T) {
	whole := func(n int64) indicators.Number { return indicators.NewNumber(n, 0) }
	ratio := func(n int64) indicators.Number { return indicators.NewNumber(n, 4) }
	for _, tt := range []struct {
		name     string
		figure   *indicators.Figure
		decimals int
		want     string
	}{
		{"12.345 % is not 12.35 %", figure(whole(2469), whole(20000), ratio(1235)), 0, "12.3%"},
		{"half goes up", figure(whole(2470), whole(20000), ratio(1235)), 0, "12.4%"},
		{"a whole number has a decimal, too", figure(whole(1), whole(4), ratio(2500)), 0, "25.0%"},
		{"the indicator's decimals", figure(whole(1), whole(3), ratio(3333)), 3, "33.333%"},
		{"more than all", figure(whole(3), whole(2), ratio(15000)), 1, "150.0%"},
		{"no target", figure(whole(3), indicators.Number{}, indicators.Number{}), 1, indicators.Unknown},
		{"a target too small for the JSON", figure(whole(3), indicators.NewNumber(1, 6), whole(2)), 1, "200.0%"},
		{"before the year", nil, 1, indicators.Unknown},
	} {
		c, _ := screen(events.English)
		if got := c.completion(&indicators.Row{Decimals: tt.decimals, Year: tt.figure}); got != tt.want {
			t.Errorf("%s: completion %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestTargetsAreShownAsTheyWereSet: no target is rounded to another one, and the gap has its decimals.
func TestTargetsAreShownAsTheyWereSet(t *testing.T) {
	for _, tt := range []struct {
		decimals            int
		target, gap         indicators.Number
		wantTarget, wantGap string
	}{
		{0, indicators.NewNumber(55, 1), indicators.NewNumber(45, 1), "5.5", "4.5"},
		{0, indicators.NewNumber(1600, 0), indicators.NewNumber(1500, 0), "1,600", "1,500"},
		{1, indicators.NewNumber(9995, 2), indicators.NewNumber(-5, 2), "99.95", "0.05 over"},
		{1, indicators.NewNumber(100, 0), indicators.NewNumber(33333, 3), "100.0", "33.3"},
	} {
		c, _ := screen(events.English)
		row := &indicators.Row{Decimals: tt.decimals, Year: &indicators.Figure{Target: tt.target, Gap: tt.gap}}
		if target, gap := c.target(row), c.gap(row); target != tt.wantTarget || gap != tt.wantGap {
			t.Errorf("target %v, gap %v are shown as %s, %s, want %s, %s", tt.target, tt.gap, target, gap, tt.wantTarget, tt.wantGap)
		}
	}
}

// TestOneCardReadsTheSameEverywhere: the demo has fractions, gaps has what the JSON says of them.
func TestOneCardReadsTheSameEverywhere(t *testing.T) {
	value, target := indicators.NewNumber(234499960, 8), indicators.NewNumber(200000001, 8) // 2.3450 in the JSON, 2.34 by two decimals
	year := figure(value, target, indicators.NewNumber(11725, 4))
	card := &indicators.Scorecard{
		Org: "450703", OrgName: events.Text{ZH: "钦北区", EN: "Qinbei"}, Quarter: indicators.Quarter{Year: 2018, N: 1}, AsOf: demoDay,
		Rows: []indicators.Row{{ID: "rd_intensity", Name: events.Text{ZH: "强度", EN: "intensity"}, Decimals: 2, Status: indicators.OnTrack, Reported: true, Quarter: year, Year: year}},
	}
	for _, show := range []showing{{output: "table"}, {output: "csv"}, {output: "json"}} {
		here, demo := screen(events.English)
		if err := here.showCard(card, show); err != nil {
			t.Fatal(err)
		}
		body, err := encodeJSON(card)
		if err != nil {
			t.Fatal(err)
		}
		there, gaps := screen(events.English)
		if err := there.showAnswer(body, show); err != nil {
			t.Fatal(err)
		}
		if demo.String() != gaps.String() || demo.Len() == 0 {
			t.Errorf("%s: demo shows\n%s\ngaps shows\n%s", show.output, demo, gaps)
		}
	}
}

func TestDutiesAreShownBelowTheTable(t *testing.T) {
	rows := []indicators.Row{
		{ID: "a", Name: events.Text{ZH: "甲", EN: "First, of two"}}, {ID: "b", Name: events.Text{ZH: "乙", EN: "Second"}},
	}
	by := events.NewDay(2018, time.March, 25)
	for _, tt := range []struct {
		name   string
		duties *indicators.Duties
		zh, en string
	}{
		{"none", nil, "", ""},
		{"all done", &indicators.Duties{ReportBy: by}, "", ""},
		{"both", &indicators.Duties{ReportBy: by, NoTarget: []string{"a", "b"}, NotReported: []string{"b"}},
			"职责内缺目标: 甲、乙\n职责内未报（应于 2018-03-25 前报）: 乙\n",
			"duties without a target: First, of two; Second\nduties not reported (due by 2018-03-25): Second\n"},
		{"no day to report by", &indicators.Duties{NotReported: []string{"a", "gone"}}, "职责内未报: 甲、gone\n", "duties not reported: First, of two; gone\n"},
	} {
		for lang, want := range map[events.Lang]string{events.Chinese: tt.zh, events.English: tt.en} {
			c, out := screen(lang)
			card := &indicators.Scorecard{Rows: rows, Duties: tt.duties, AsOf: demoDay, Quarter: demoQuarter}
			c.showTable(card, true)
			if got := out.String(); want == "" && strings.Contains(got, c.say("职责", "duties")) || !strings.Contains(got, want) {
				t.Errorf("%s, %s:\n%s\nwant below the table:\n%s", tt.name, lang, got, want)
			}
		}
	}
}
