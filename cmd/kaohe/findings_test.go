package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/indicators/quality"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		name, s string
		width   int
		want    string
	}{
		{"no limit", "a b c", 0, "a b c"},
		{"at blanks", "the amount is very small", 12, "the amount|is very|small"},
		{"it fits", "the amount", 10, "the amount"},
		{"between Chinese characters", "金额过小是不是", 6, "金额过|小是不|是"},
		{"not before punctuation", "金额过小，是不是", 8, "金额过|小，是不|是"},
		{"a number among them stays whole", "金额1800.00元", 8, "金额|1800.00|元"},
		{"an opening bracket goes with what follows", "金额元（万）", 8, "金额元|（万）"},
		{"a long word is cut", "abcdefghij", 4, "abcd|efgh|ij"},
		{"a character wider than the line", "金额", 1, "金|额"},
		{"nothing", "", 10, ""},
	} {
		got := wrap(tt.s, tt.width)
		if joined := strings.Join(got, "|"); joined != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, joined, tt.want)
		}
		for _, line := range got {
			if w := text.StringWidthWithoutEscSequences(line); tt.width > 1 && w > tt.width {
				t.Errorf("%s: %q takes %d columns", tt.name, line, w)
			}
		}
	}
}

// What events say cannot move the cursor, nor look like another finding.
func TestFindingsShowNothingThatMovesTheCursor(t *testing.T) {
	var out bytes.Buffer
	c := &cli{stdout: &out, stderr: &out, lang: events.English}
	evil := "x\x1b[2J\nerror DQ-07 \u202e"
	c.findingsTable(&api.Findings{Org: evil, Off: []string{evil}, Next: evil, Findings: []api.Finding{{
		Rule: "DQ-03", Severity: quality.Warn, Org: evil, OrgName: events.Text{EN: evil}, Text: events.Text{EN: evil}, Hint: events.Text{EN: evil},
		Events: []api.FindingEvent{{Position: "1-0", Source: evil, ID: evil, Type: evil}}, More: 7,
	}}})
	if s := out.String(); strings.ContainsAny(s, "\x1b\u202e") || strings.Contains(s, "\nerror DQ-07") || !strings.Contains(s, "and 7 more") {
		t.Errorf("shown: %q", s)
	}
}
