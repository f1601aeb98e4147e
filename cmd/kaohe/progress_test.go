package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/kaohe/kaohe/events"
)

// watched is a progress with a clock of its own.
type watched struct {
	*progress
	out   bytes.Buffer
	clock time.Time
}

func newWatched(lang events.Lang, bar bool, columns int) *watched {
	widths()
	w := &watched{clock: time.Date(2018, 3, 31, 0, 0, 0, 0, time.UTC)}
	w.progress = &progress{c: &cli{lang: lang}, w: &w.out, bar: bar, width: func() int { return columns }, now: func() time.Time { return w.clock }}
	return w
}

// after lets time pass, and tells how far it is then.
func (w *watched) after(d time.Duration, read int64, rows int) string {
	w.clock = w.clock.Add(d)
	w.out.Reset()
	w.update(read, rows)
	return w.out.String()
}

func TestProgressOnATerminalIsOneLine(t *testing.T) {
	w := newWatched(events.English, true, 80)
	w.start("facts.csv", 1000)
	for _, tt := range []struct {
		after time.Duration
		read  int64
		rows  int
		want  string
	}{
		{barEvery - 1, 10, 1, ""},
		{10 * time.Second, 250, 5000, "\rfacts.csv [######..................]  25 %, 5000 rows, 495 rows/s, 30s left"},
		{barEvery - 1, 260, 5100, ""},
		{30 * time.Second, 1000, 20000, "\rfacts.csv [########################] 100 %, 20000 rows, 497 rows/s"},
	} {
		if got := strings.TrimRight(w.after(tt.after, tt.read, tt.rows), " "); got != tt.want {
			t.Errorf("after %s: %q, want %q", tt.after, got, tt.want)
		}
	}
	w.out.Reset()
	w.clear()
	if got := w.out.String(); strings.Trim(got, "\r ") != "" || !strings.HasSuffix(got, "\r") || len(got) < 60 {
		t.Errorf("clear() writes %q, want blanks over the whole line", got)
	}
	if w.out.Reset(); true {
		w.clear()
		if w.out.Len() > 0 {
			t.Errorf("clear() of nothing writes %q", w.out.String())
		}
	}
}

func TestProgressNeverFillsALine(t *testing.T) {
	w := newWatched(events.Chinese, true, 40)
	w.start("二〇一八年第一季度各县区科技特派员服务记录汇总表.csv", 1000)
	line := strings.TrimPrefix(w.after(time.Second, 500, 123456), "\r")
	if n := text.StringWidthWithoutEscSequences(line); n >= 40 || strings.Contains(line, "\n") {
		t.Errorf("%q takes %d columns of 40", line, n)
	}
}

func TestProgressElsewhereIsAFewLines(t *testing.T) {
	w := newWatched(events.Chinese, false, 0)
	w.start("facts.csv", 0)
	for _, tt := range []struct {
		name  string
		after time.Duration
		rows  int
		want  string
	}{
		{"nothing at once", time.Second, 500, ""},
		{"each ten seconds", 9 * time.Second, 1000, "facts.csv: 1000 行，每秒 100 行\n"},
		{"not more often", 9 * time.Second, 2000, ""},
		{"each hundred thousand rows", time.Millisecond, 100_000, "facts.csv: 100000 行，每秒 5262 行\n"},
		{"not the same twice", time.Millisecond, 100_500, ""},
	} {
		if got := w.after(tt.after, 100, tt.rows); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
