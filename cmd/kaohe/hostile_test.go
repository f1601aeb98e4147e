package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// forgery is a text that would clear the screen, write a line of its own, and turn the rest of it round.
const forgery = "ok\nWARNING: the log is damaged\r\x1b[2J\u0085\u2028\u200e\u061c\u202e\u2066"

// echoes are the commands that show figures, each with a text wherever an event or a plan can put one into the answer.
func echoes(s string) map[string]func(c *cli, output string) {
	both := events.Text{ZH: s, EN: s}
	return map[string]func(c *cli, output string){
		"gaps": func(c *cli, output string) {
			card := closedCard()
			card.OrgName, card.Closed.Reason, card.Closed.Gone[0].Name, card.Duties = both, s, both, &indicators.Duties{NoTarget: []string{"a"}, NotReported: []string{"a"}}
			for i := range card.Rows {
				r := &card.Rows[i]
				r.Name, r.Unit, r.Office, r.TargetProblem = both, both, s, indicators.TargetProblem(s)
			}
			must(c.showCard(card, showing{output: output}))
		},
		"restated": func(c *cli, output string) {
			var r api.Restatement
			must(json.Unmarshal([]byte(restatedAnswer), &r))
			r.OrgName, r.Closing.Reason = both, s
			for i := range r.Indicators {
				ind := &r.Indicators[i]
				ind.Name, ind.Units = both, both
				for k := range ind.Events {
					ind.Events[k].Title, ind.Events[k].Source, ind.Events[k].ID = both, s, s
				}
			}
			must(c.showRestatement(must1(json.Marshal(&r)), showing{output: output}))
		},
		"targets": func(c *cli, output string) {
			h := someTargets()
			h.OrgName = both
			for i := range h.Targets {
				t := &h.Targets[i]
				t.OrgName, t.Name, t.Units, t.By, t.Source, t.ID, t.Document, t.Reason = both, both, both, s, s, s, s, s
			}
			must(c.showTargets(must1(json.Marshal(h)), showing{output: output}))
		},
		"explain": func(c *cli, output string) {
			x := explanation(true)
			x.OrgName, x.Indicator.Name, x.Indicator.Definition, x.Indicator.Units, x.Indicator.Office, x.Indicator.Pace = both, both, both, both, s, both
			x.Indicator.TargetProblem, x.Arithmetic = indicators.TargetProblem(s), []indicators.Step{{Term: "value", Numbers: s, Formula: both}}
			x.Value.Parts[0].Formula, x.Value.Parts[0].Name, x.Value.Parts[1].Name, x.Value.Parts[1].Missing = s, both, both, []string{s}
			for _, p := range x.Value.Parts {
				for i := range p.Events {
					r := &p.Events[i]
					r.Source, r.ID, r.Type, r.TypeTitle, r.Says, r.Things[0].Name = s, s, s, both, both, s
				}
			}
			must(c.showExplanation(nil, x, showing{output: output}))
		},
	}
}

// replies are what a server says to whoever sends an event.
func replies(s string) map[string]func(c *cli) {
	receipt := func(c *cli, e intake.EventAnswer) {
		body := must1(json.Marshal(intake.Answer{Events: []intake.EventAnswer{e}}))
		_ = c.showReceipt(&client{c: c}, answer{body: body}, []string{s}, "table") // a refusal is an error
	}
	return map[string]func(c *cli){
		"recorded": func(c *cli) {
			receipt(c, intake.EventAnswer{Status: intake.StatusNew, Type: s, ID: s, Warnings: []intake.WarningAnswer{{Message: s}}})
		},
		"recorded before": func(c *cli) { receipt(c, intake.EventAnswer{Status: intake.StatusRecorded, Type: s, ID: s}) },
		"refused": func(c *cli) {
			receipt(c, intake.EventAnswer{Status: intake.StatusRefused, Error: &intake.ErrorAnswer{Code: s, Message: s}})
		},
		"refused for several reasons": func(c *cli) {
			receipt(c, intake.EventAnswer{Status: intake.StatusRefused, Error: &intake.ErrorAnswer{Faults: []intake.FaultAnswer{{Message: s}, {Message: s}}}})
		},
		"a problem": func(c *cli) {
			body := must1(json.Marshal(intake.Problem{Title: s, Detail: s}))
			c.line(c.stdout, "") // so that there are two lines to count, as in all the others
			_, _ = c.stdout.Write([]byte(c.words((&client{c: c}).problem(answer{status: 400, body: body})) + "\n"))
		},
	}
}

// TestNothingForgesALine: a text of an event stays within its line, and its table, in every command.
func TestNothingForgesALine(t *testing.T) {
	shown := func(show func(c *cli), colour bool) string {
		c, out := screen(events.English)
		c.stderr, c.color = out, colour
		show(c)
		return out.String()
	}
	check := func(name string, plain, forged func(c *cli)) {
		t.Helper()
		for _, colour := range []bool{false, true} {
			want, got := shown(plain, colour), shown(forged, colour)
			if !strings.Contains(got, "WARNING: the log") || strings.Contains(got, "\nWARNING: the log") || strings.Count(got, "\n") != strings.Count(want, "\n") {
				t.Errorf("%s, colours %t: %d lines, want %d:\n%s", name, colour, strings.Count(got, "\n"), strings.Count(want, "\n"), got)
			}
			for _, r := range got {
				if r != '\n' && unicode.In(r, unicode.Cc, unicode.Bidi_Control, unicode.Zl) && !(colour && r == '\x1b') {
					t.Errorf("%s, colours %t, lets %U pass", name, colour, r)
				}
			}
			if strings.Contains(got, "\x1b[2J") {
				t.Errorf("%s, colours %t, clears the screen", name, colour)
			}
		}
	}
	plain := echoes("ok")
	for command, show := range echoes(forgery) {
		check(command, func(c *cli) { plain[command](c, "table") }, func(c *cli) { show(c, "table") })
	}
	answers := replies("ok")
	for name, show := range replies(forgery) {
		check(name, answers[name], show)
	}
}

// TestATabStaysInItsCell: it would move the cells to the right of it under another head.
func TestATabStaysInItsCell(t *testing.T) {
	var out bytes.Buffer
	g := grid{head: []string{"a\tb", "c"}, rows: [][]string{{"1\t\t2", "3"}, {"1", "3"}}}
	g.write(&out, false, 0)
	if want := "a b   c\n1  2  3\n1     3\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func must1[T any](value T, err error) T {
	must(err)
	return value
}
