package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// closedCard has a figure that was restated, one that was not, one that only the year restates, and one that was not
// published; the target of the first was lowered.
func closedCard() *indicators.Scorecard {
	n := func(n int64) indicators.Number { return indicators.NewNumber(n, 0) }
	fig := func(value, target int64) *indicators.Figure {
		return &indicators.Figure{Value: n(value), Target: n(target), Gap: n(target - value), Status: indicators.OnTrack, Reported: true}
	}
	row := func(id, zh, en string, quarter, year *indicators.Figure, published *indicators.Published, restated bool) indicators.Row {
		return indicators.Row{
			ID: id, Name: events.Text{ZH: zh, EN: en}, Unit: events.Text{ZH: "次", EN: "times"}, Status: indicators.OnTrack, Reported: true,
			Quarter: quarter, Year: year, Published: published, Restated: restated,
		}
	}
	was := func(quarter, year int64) *indicators.Published {
		return &indicators.Published{Quarter: fig(quarter, 50), Year: fig(year, 200)}
	}
	card := &indicators.Scorecard{
		Org: "450703", OrgName: events.Text{ZH: "钦北区", EN: "Qinbei"}, Quarter: indicators.Quarter{Year: 2018, N: 2}, AsOf: events.NewDay(2018, time.June, 30),
		Closed: &indicators.Closed{
			Revision: 2, At: events.At(12, 0), Day: events.NewDay(2018, time.July, 2), AsOf: events.NewDay(2018, time.June, 25), Reason: "补报",
			Gone: []indicators.GoneIndicator{{ID: "bees", Name: events.Text{ZH: "蜂", EN: "Bees"}}},
		},
		Rows: []indicators.Row{
			row("a", "指导", "Guidance", fig(68, 50), fig(68, 60), was(64, 64), true),
			row("b", "培训", "Trainings", fig(9, 9), fig(9, 36), was(9, 9), false),
			row("c", "走访", "Visits", fig(0, 50), fig(4, 200), was(0, 3), true),
			row("d", "新指标", "New", fig(1, 1), fig(1, 2), nil, false),
		},
	}
	card.Rows[0].FirstTarget, card.Rows[0].FirstGap, card.Rows[0].TargetEased = n(200), n(132), n(140)
	return card
}

func TestClosedQuarterInATable(t *testing.T) {
	for lang, want := range map[events.Lang]string{
		events.Chinese: `钦北区（450703） 2018Q2 截至 2018-06-30，按提交 12（2018-07-03 09:30:00 登记）时所知
  指标    单位  科室  年度目标  本季  已报出  本年累计  序时应完成  尚差  完成率  状态  最近
  指导    次               60†    68     64≠        68           —  超 8       —  正常
  培训    次                36     9       9         9           —    27       —  正常
  走访    次               200     0      0≠         4           —   196       —  正常
  新指标  次                 2     1       —         1           —     1       —  正常
滞后 0 项，正常 4 项，无目标 0 项
† 目标在滞后之后放宽: 指导 放宽 140
† 目标有调整: 指导 原为 200，按原目标尚差 132
已于 2018-07-02 锁定，第 2 版（12-0），数据截至 2018-06-25: 补报
≠ 报出后有变动（报出的数不改）: 指导（64 → 68）、走访（累计 3 → 4）
报出时有、方案中已无的指标: 蜂
`,
		events.English: `Qinbei (450703) 2018Q2 as of 2018-06-30, as known at commit 12 (recorded 2018-07-03 09:30:00)
  indicator  unit   office  target  quarter  published  to date  due by now     gap  done  status    last event
  Guidance   times             60†       68        64≠       68           —  8 over     —  on track
  Trainings  times              36        9          9        9           —      27     —  on track
  Visits     times             200        0         0≠        4           —     196     —  on track
  New        times               2        1          —        1           —       1     —  on track
0 lagging, 4 on track, 0 without a target
† target was made easier while behind its pace: Guidance, by 140
† target was changed: Guidance, 200 at first with a gap of 132
closed on 2018-07-02 as revision 2 (12-0), with figures as of 2018-06-25: 补报
≠ restated since, while the published figures stay: Guidance (64 → 68); Visits (to date 3 → 4)
published, but no longer in the plan: Bees
`,
	} {
		card := closedCard()
		card.KnownAt = &indicators.KnownAt{Commit: 12, Recorded: time.Date(2018, time.July, 3, 9, 30, 0, 0, time.UTC)}
		c, out := screen(lang)
		if err := c.showCard(card, showing{output: "table"}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}

// TestClosedQuarterKeepsBothFiguresOnANarrowTerminal: what is to be compared is not left out.
func TestClosedQuarterKeepsBothFiguresOnANarrowTerminal(t *testing.T) {
	c, _ := screen(events.English)
	card := closedCard()
	g := grid{head: strings.Fields("mark indicator unit office target quarter to-date due gap done status last"), right: make([]bool, 12), spare: []int{3, 2, 11, 9, 5, 7}}
	for i := range card.Rows {
		g.rows = append(g.rows, c.cardRow(&card.Rows[i]))
	}
	c.addPublished(&g, card, card.Rows)
	if got, want := strings.Join(g.fit(1, 2).head, " "), "mark indicator target quarter published to-date gap status"; got != want {
		t.Errorf("columns left are %q, want %q", got, want)
	}
}

func TestClosedQuarterThatCannotBeRead(t *testing.T) {
	for lang, want := range map[events.Lang]string{
		events.Chinese: "注意: 报出的记分卡已无法读取\n", events.English: "WARNING: the published scorecard cannot be read any more\n",
	} {
		card := closedCard()
		card.Closed.Unreadable, card.Closed.Gone = true, nil
		for i := range card.Rows {
			card.Rows[i].Published, card.Rows[i].Restated = nil, false
		}
		c, out := screen(lang)
		c.showTable(card, true)
		if got := out.String(); !strings.Contains(got, want) || strings.Contains(got, c.say("已报出", "published  ")) || strings.Contains(got, "≠") {
			t.Errorf("%s:\n%s\nwant %q and no published figures", lang, got, want)
		}
	}
}

func TestClosedQuarterInCSV(t *testing.T) {
	c, out := screen(events.English)
	if err := c.showCard(closedCard(), showing{output: "csv"}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"first_target,first_gap,known_at_commit,closed_revision,restated,published_quarter_value,published_quarter_target,published_quarter_gap,published_quarter_status," +
			"published_year_value,published_year_target,published_year_gap,published_year_status,target_eased",
		",200,132,,2,true,64,50,-14,on_track,64,200,136,on_track,140",
		",,,,2,false,9,50,41,on_track,9,200,191,on_track,",
		",,,,2,true,0,50,50,on_track,3,200,197,on_track,",
		",,,,2,false,,,,,,,,,",
	}
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if !strings.HasSuffix(line, want[i]) {
			t.Errorf("line %d ends with %s, want %s", i+1, line, want[i])
		}
	}
}

func TestChangedTargetsAreMarked(t *testing.T) {
	n := func(n int64) indicators.Number { return indicators.NewNumber(n, 0) }
	for _, tt := range []struct {
		name                   string
		target, first, gap     indicators.Number
		wantTarget, zh, wantEN string
	}{
		{"never changed", n(60), indicators.Number{}, indicators.Number{}, "60", "", ""},
		{"lowered", n(60), n(200), n(132), "60†", "† 目标有调整: 指导 原为 200，按原目标尚差 132\n", "† target was changed: Guidance, 200 at first with a gap of 132\n"},
		{"raised beyond what is done", n(60), n(50), n(-18), "60†", "† 目标有调整: 指导 原为 50，按原目标已完成\n", "† target was changed: Guidance, 50 at first, which would be met\n"},
		{"set again as it was", n(60), n(60), n(-8), "60", "", ""},
		{"of a value that is not known", n(60), n(50), indicators.Number{}, "60†", "† 目标有调整: 指导 原为 50\n", "† target was changed: Guidance, 50 at first\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for lang, want := range map[events.Lang]string{events.Chinese: tt.zh, events.English: tt.wantEN} {
				row := indicators.Row{
					Name: events.Text{ZH: "指导", EN: "Guidance"}, Year: &indicators.Figure{Target: tt.target}, FirstTarget: tt.first, FirstGap: tt.gap,
				}
				c, out := screen(lang)
				if got := c.target(&row); got != tt.wantTarget {
					t.Errorf("target %s, want %s", got, tt.wantTarget)
				}
				c.showChanged(&indicators.Scorecard{Rows: []indicators.Row{row}})
				if out.String() != want {
					t.Errorf("%s: %q, want %q", lang, out, want)
				}
			}
		})
	}
}
