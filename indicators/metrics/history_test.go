package metrics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators/metrics"
)

// scrapeLabels are those that a scrape would add.
var scrapeLabels = map[string]string{"job": "kaohe", "instance": "127.0.0.1:8470"}

func historyOptions(s *scene) metrics.HistoryOptions {
	return metrics.HistoryOptions{Zone: s.plan.Zone, Labels: scrapeLabels, MaxSeries: 10_000, MaxRuns: 100_000}
}

func mustHistory(tb testing.TB, opt metrics.HistoryOptions) *metrics.History {
	tb.Helper()
	h, err := metrics.NewHistory(opt)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// mustText writes a history.
func mustText(tb testing.TB, h *metrics.History) string {
	tb.Helper()
	var b bytes.Buffer
	n, err := h.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		tb.Fatalf("WriteTo() = %d, %v; %d bytes came", n, err, b.Len())
	}
	return b.String()
}

// known is the text of some days as known now.
func known(tb testing.TB, s *scene, opt metrics.HistoryOptions, from, to string) string {
	tb.Helper()
	h := mustHistory(tb, opt)
	if err := h.AddKnown(tb.Context(), s.view, s.plan, mustDate(tb, from), mustDate(tb, to)); err != nil {
		tb.Fatal(err)
	}
	return mustText(tb, h)
}

func TestHistoryText(t *testing.T) {
	s := newScene(t, 1, 1, 50000)
	opt := historyOptions(s)
	opt.Orgs = []string{"450700"}
	got := strings.ReplaceAll(known(t, s, opt, "2018-02-26", "2018-03-01"), s.plan.Hash, "HASH")
	golden(t, "history.om", got)
}

// TestHistoryIsAsScraped holds each day of a history against what a collector offers on that business date: every series, its
// value, and no other.
func TestHistoryIsAsScraped(t *testing.T) {
	s := newScene(t, 2, 3, 50000)
	days := mustRead(t, known(t, s, historyOptions(s), "2017-12-25", "2018-03-10"), s.plan.Zone)
	first, last := mustDate(t, "2017-12-25"), mustDate(t, "2018-03-10")
	if len(days) != int(last-first)+1 {
		t.Errorf("%d days, want %d", len(days), last-first+1)
	}
	for day := first; day <= last; day++ {
		s.today = day
		if diff := cmp.Diff(scraped(t, s.collector(t)), days[day]); diff != "" {
			t.Fatalf("%v (-scraped +history):\n%s", day, diff)
		}
	}
}

// TestHistoryOfTheQuarter: the words of the source. Guidances are 0 until 27 February 2018 and 64 from the 28th; what is
// not known yet has no sample.
func TestHistoryOfTheQuarter(t *testing.T) {
	s := newScene(t, 2, 1, 50000)
	days := mustRead(t, known(t, s, historyOptions(s), "2018-02-25", "2018-04-12"), s.plan.Zone)
	const guidances = `kaohe_indicator_value{indicator="guidances",instance="127.0.0.1:8470",job="kaohe",org="450703",span="year"}`
	const intensity = `kaohe_indicator_value{indicator="intensity",instance="127.0.0.1:8470",job="kaohe",org="450702",span="year"}`
	for day, want := range map[string][2]string{
		"2018-02-27": {"0.0", ""}, "2018-02-28": {"64.0", ""}, "2018-03-31": {"64.0", ""}, "2018-04-09": {"64.0", ""}, "2018-04-10": {"64.0", "0.4"},
	} {
		at := days[mustDate(t, day)]
		if got := [2]string{at[guidances], at[intensity]}; got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}

// TestHistoryOfSome: units and indicators may be picked; what is of none of them stays.
func TestHistoryOfSome(t *testing.T) {
	s := newScene(t, 2, 1, 50000)
	opt := historyOptions(s)
	opt.Orgs, opt.Indicators = []string{"450703", "450700"}, []string{"guidances"}
	text := known(t, s, opt, "2018-03-30", "2018-03-31")
	days := mustRead(t, text, s.plan.Zone)
	for series := range days[mustDate(t, "2018-03-31")] {
		if strings.Contains(series, `org="450702"`) || strings.Contains(series, `org="450000"`) || strings.Contains(series, `"intensity"`) {
			t.Errorf("not asked for: %s", series)
		}
	}
	for _, want := range []string{`indicator="guidances",instance="127.0.0.1:8470",job="kaohe",org="450700"`, "kaohe_business_date_timestamp_seconds{", `kaohe_org_info{instance="127.0.0.1:8470",job="kaohe",name="钦北区"`} {
		if !strings.Contains(text, want) {
			t.Errorf("missing: %s", want)
		}
	}
}

// TestHistoryLabels: labels come in the order of their names, escaped, and none takes the place of one that the series have.
func TestHistoryLabels(t *testing.T) {
	s := newScene(t, 0, 1, 50000)
	opt := historyOptions(s)
	opt.Labels = map[string]string{"z": "a\"b\\c\nd", "a": "é"}
	text := known(t, s, opt, "2018-03-31", "2018-03-31")
	if want := `kaohe_quarter_remaining_seconds{a="é",z="a\"b\\c\nd"} 0.0 1522425600` + "\n"; !strings.Contains(text, want) {
		t.Errorf("missing: %s", want)
	}
	mustRead(t, text, s.plan.Zone)
	opt.Labels = nil
	if text, want := known(t, s, opt, "2018-03-31", "2018-03-31"), "\nkaohe_quarter_remaining_seconds 0.0 1522425600\n"; !strings.Contains(text, want) {
		t.Errorf("without labels, missing: %s", want)
	}
	opt.Labels = map[string]string{"span": "x"}
	err := mustHistory(t, opt).Add(s.view, s.plan, s.today)
	if taken, ok := errors.AsType[metrics.LabelTakenError](err); !ok || taken != "span" {
		t.Errorf("a label that series have: %v, want a LabelTakenError of span", err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	s := newScene(t, 2, 1, 50000)
	opt := historyOptions(s)
	n := len(scraped(t, s.collector(t)))
	opt.MaxSeries, opt.MaxRuns = n, n
	h := mustHistory(t, opt)
	if err := h.Add(s.view, s.plan, s.today); err != nil {
		t.Errorf("a day of as many series as may be: %v", err)
	}
	if err := h.Add(s.view, s.plan, s.today+1); !errors.Is(err, metrics.ErrTooMuch) {
		t.Errorf("more changes: %v, want ErrTooMuch", err)
	}
	opt.MaxSeries--
	if err := mustHistory(t, opt).Add(s.view, s.plan, s.today); !errors.Is(err, metrics.ErrTooMuch) {
		t.Errorf("a series more than may be: %v, want ErrTooMuch", err)
	}
}

// TestHistoryKeepsChangesOnly: a year on which nothing happens takes little more than a day.
func TestHistoryKeepsChangesOnly(t *testing.T) {
	s := newScene(t, 2, 1, 50000)
	opt := historyOptions(s)
	opt.MaxRuns = 30 * len(scraped(t, s.collector(t))) // months, and what is told in days
	if err := mustHistory(t, opt).AddKnown(t.Context(), s.view, s.plan, mustDate(t, "2019-01-01"), mustDate(t, "2019-12-31")); err != nil {
		t.Error(err)
	}
}

func TestHistoryRefuses(t *testing.T) {
	s := newScene(t, 2, 1, 50000)
	for name, change := range map[string]func(*metrics.HistoryOptions){
		"no zone":    func(o *metrics.HistoryOptions) { o.Zone = nil },
		"no series":  func(o *metrics.HistoryOptions) { o.MaxSeries = 0 },
		"no changes": func(o *metrics.HistoryOptions) { o.MaxRuns = 0 },
	} {
		opt := historyOptions(s)
		change(&opt)
		if _, err := metrics.NewHistory(opt); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	h := mustHistory(t, historyOptions(s))
	for i, day := range []events.Day{s.today, s.today} {
		if err := h.Add(s.view, s.plan, day); (err != nil) != (i == 1) {
			t.Errorf("day %d of two that are the same: %v", i+1, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if err := mustHistory(t, historyOptions(s)).AddKnown(ctx, s.view, s.plan, s.today, s.today); !errors.Is(err, gone) {
		t.Errorf("AddKnown() for somebody who has gone = %v, want %v", err, gone)
	}
}

// TestHistoryOfNoDays ends like any other.
func TestHistoryOfNoDays(t *testing.T) {
	if text := mustText(t, mustHistory(t, historyOptions(newScene(t, 2, 1, 50000)))); text != metrics.HistoryEnd {
		t.Errorf("%q, want the end alone", text)
	}
}

// failing takes some bytes and no more.
type failing struct{ left int }

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, os.ErrDeadlineExceeded
	}
	return len(b), nil
}

func TestHistoryStopsWhereNobodyReads(t *testing.T) {
	s := newScene(t, 2, 1, 50000)
	h := mustHistory(t, historyOptions(s))
	if err := h.AddKnown(t.Context(), s.view, s.plan, s.today-100, s.today); err != nil {
		t.Fatal(err)
	}
	whole := len(mustText(t, h))
	for _, left := range []int{0, 70_000, whole - 1} {
		if n, err := h.WriteTo(&failing{left}); !errors.Is(err, os.ErrDeadlineExceeded) || n > int64(left) {
			t.Errorf("WriteTo() where %d of %d bytes are taken = %d, %v", left, whole, n, err)
		}
	}
}

// TestHistoryMakesBlocks: promtool makes blocks of a history, and finds all of its series in them.
func TestHistoryMakesBlocks(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed; the text was read by a strict reader without it")
	}
	s, dir := newScene(t, 2, 2, 50000), t.TempDir()
	text := known(t, s, historyOptions(s), "2018-01-15", "2018-04-20")
	file := filepath.Join(dir, "history.om")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		out, err := exec.Command(promtool, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("promtool %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	blocks := filepath.Join(dir, "blocks")
	if err := os.MkdirAll(filepath.Join(blocks, "wal"), 0o700); err != nil { // without one promtool reads no directory
		t.Fatal(err)
	}
	run("tsdb", "create-blocks-from", "--max-block-duration=8760h", "--quiet", "openmetrics", file, blocks)
	dumped := run("tsdb", "dump", `--match={__name__="kaohe_indicator_value",indicator="guidances",org="450703",span="year"}`, blocks)
	got := map[events.Day]string{}
	for line := range strings.Lines(dumped) {
		var value string
		var ms int64
		if _, err := fmt.Sscan(line[strings.LastIndexByte(line, '}')+1:], &value, &ms); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got[events.DayOf(time.UnixMilli(ms).In(s.plan.Zone))] = value
	}
	days := slices.Sorted(maps.Keys(got))
	if len(days) != 96 || got[mustDate(t, "2018-02-27")] != "0" || got[mustDate(t, "2018-02-28")] != "64" {
		t.Errorf("%d days, on 27 and 28 February %s and %s, want 96, 0 and 64", len(days), got[mustDate(t, "2018-02-27")], got[mustDate(t, "2018-02-28")])
	}
}
