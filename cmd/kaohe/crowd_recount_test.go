package main

import (
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/indicators"
)

// checkFigures holds the scorecards against a recount of what was acknowledged.
func checkFigures(t *testing.T, d *daemon, l *ledger) {
	t.Helper()
	under := map[string]string{"450703": "450703", "450700": "450703 450700", "450000": "450703 450700 450000"}
	for org, orgs := range under {
		want := map[string]int64{}
		for _, a := range l.acked {
			if strings.Contains(orgs, a.fact.org) && a.fact.day < "2018-04-01" {
				want[a.fact.figure] += a.fact.amount
			}
		}
		card := d.scorecard(t, "&quarter=2018Q1&org="+org)
		for figure, amount := range want {
			number := indicators.NewNumber(amount, 0)
			if figure == "subsidies_requested" {
				number = indicators.NewNumber(amount, 2)
			}
			if row, ok := card.Row(figure); !ok || !row.Quarter.Value.Equal(number) {
				t.Errorf("%s of %s is %v, want %v by a recount of what was acknowledged", figure, org, row.Quarter.Value, number)
			}
		}
	}
	if got := d.metric(t, "kaohe_fold_events"); got != float64(len(l.acked)+1) {
		t.Errorf("the figures rest on %v events, want %d and the plan", got, len(l.acked))
	}
}

// checkLog reads the log by itself: it holds what was acknowledged, once, as it was sent, where the receipts say, and beside
// it only the plan.
func checkLog(t *testing.T, dir string, l *ledger) {
	t.Helper()
	log, err := natslog.Open(t.Context(), natslog.NewOptions(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close(t.Context())
	end, err := log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found, strangers := map[string]bool{}, 0
	for seq := uint64(1); seq <= end; seq++ {
		c, err := log.Get(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := c.Lines()
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range lines {
			var e events.Stored
			if err := e.ParseLine(line); err != nil {
				t.Fatal(err)
			}
			key, at := string(e.Source)+" "+string(e.ID), events.At(seq, i)
			a, ok := l.acked[key]
			switch {
			case !ok && string(e.Type) != "PlanActivated":
				strangers++
				t.Errorf("the log holds at %s what nobody was told of: %s", at, line)
			case ok && (string(line) != a.fact.line() || at.String() != a.at || found[key]):
				t.Errorf("at %s stands, not for the first time: %t\n%s\nwant, at %s only,\n%s", at, found[key], line, a.at, a.fact.line())
			}
			found[key] = true
			if strangers > 10 || t.Failed() && len(found) > 1000 {
				t.FailNow()
			}
		}
	}
	for key, a := range l.acked {
		if !found[key] {
			t.Errorf("%s was acknowledged at %s and is not in the log", key, a.at)
		}
	}
}
