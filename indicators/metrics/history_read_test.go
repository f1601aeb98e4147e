package metrics_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/kaohe/kaohe/events"
)

// day is what was offered on a day: values as written, by the series with its labels.
type offered = map[string]string

// reader reads a history as the standard has it, and strictly: what Prometheus would let pass is a mistake, too.
type reader struct {
	zone             *time.Location
	days             map[events.Day]offered
	family, series   string
	helped, typed    bool
	families, closed map[string]bool
	last             int64 // time of the last sample of the series
}

var (
	metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+) ([0-9]+)$`)
	labelIn    = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"`)
)

// mustRead reads a history, by days.
func mustRead(tb testing.TB, text string, zone *time.Location) map[events.Day]offered {
	tb.Helper()
	days, err := readHistory(text, zone)
	if err != nil {
		tb.Fatal(err)
	}
	return days
}

func readHistory(text string, zone *time.Location) (map[events.Day]offered, error) {
	body, whole := strings.CutSuffix(text, "# EOF\n")
	if !whole || strings.Contains(body, "# EOF") {
		return nil, fmt.Errorf("the text does not end with its only # EOF")
	}
	r := &reader{zone: zone, days: map[events.Day]offered{}, families: map[string]bool{}, closed: map[string]bool{}}
	n := 0
	for line := range strings.Lines(body) {
		n++
		line, whole := strings.CutSuffix(line, "\n")
		if !whole {
			return nil, fmt.Errorf("line %d has no end", n)
		}
		if err := r.line(line); err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", n, line, err)
		}
	}
	return r.days, nil
}

func (r *reader) line(line string) error {
	if help, ok := strings.CutPrefix(line, "# HELP "); ok {
		return r.help(help)
	}
	if kind, ok := strings.CutPrefix(line, "# TYPE "); ok {
		if kind != r.family+" gauge" || r.typed {
			return fmt.Errorf("the type is not that of %s, once", r.family)
		}
		r.typed = true
		return nil
	}
	return r.sample(line)
}

func (r *reader) help(help string) error {
	name, said, _ := strings.Cut(help, " ")
	switch {
	case !metricName.MatchString(name) || said == "":
		return fmt.Errorf("no help")
	case r.families[name]:
		return fmt.Errorf("the family %s is not in one piece", name)
	}
	r.families[name] = true
	r.family, r.helped, r.typed = name, true, false
	r.leave()
	return nil
}

// leave closes the series at hand.
func (r *reader) leave() {
	r.closed[r.series] = true
	r.series, r.last = "", -1
}

func (r *reader) sample(line string) error {
	m := sampleLine.FindStringSubmatch(line)
	if m == nil || m[1] != r.family || !r.typed || strings.HasSuffix(m[2], ",}") || m[2] == "{}" {
		return fmt.Errorf("no sample of %s", r.family)
	}
	var names []string
	for _, l := range labelIn.FindAllStringSubmatch(m[2], -1) {
		names = append(names, l[1])
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		return fmt.Errorf("labels %v", names)
	}
	if series := m[1] + m[2]; series != r.series {
		if r.leave(); r.closed[series] {
			return fmt.Errorf("the series is not in one piece")
		}
		r.series = series
	}
	if v, err := strconv.ParseFloat(m[3], 64); err != nil || v != v {
		return fmt.Errorf("value %s", m[3])
	}
	at, err := strconv.ParseInt(m[4], 10, 64)
	if err != nil || at <= r.last {
		return fmt.Errorf("time %s comes after %d", m[4], r.last)
	}
	r.last = at
	began := time.Unix(at, 0).In(r.zone)
	day := events.DayOf(began)
	if hour, minute, second := began.Clock(); hour+minute+second != 0 {
		return fmt.Errorf("time %v is not the beginning of a day", began)
	}
	if r.days[day] == nil {
		r.days[day] = offered{}
	}
	r.days[day][r.series] = m[3]
	return nil
}

// scraped is what a collector offers now, written by the library in the same format, with the labels of the scrape.
func scraped(tb testing.TB, c prometheus.Collector) offered {
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(c)
	families, err := reg.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	at := offered{}
	for _, f := range families {
		for _, m := range f.Metric {
			for name, value := range scrapeLabels {
				m.Label = append(m.Label, &dto.LabelPair{Name: &name, Value: &value})
			}
			slices.SortFunc(m.Label, func(a, b *dto.LabelPair) int { return strings.Compare(a.GetName(), b.GetName()) })
		}
		var b bytes.Buffer
		if _, err := expfmt.MetricFamilyToOpenMetrics(&b, f); err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if !strings.HasPrefix(line, "#") {
				cut := strings.LastIndexByte(line, ' ')
				at[line[:cut]] = strings.TrimSpace(line[cut+1:])
			}
		}
	}
	return at
}

// TestReaderIsStrict: a reader that lets everything pass would prove nothing.
func TestReaderIsStrict(t *testing.T) {
	const head = "# HELP a b\n# TYPE a gauge\n"
	for name, text := range map[string]string{
		"no end":                       head,
		"cut within a line":            head + "a 1.0 8640",
		"an end in the middle":         head + "# EOF\na 1.0 86400\n# EOF\n",
		"no type":                      "# HELP a b\na 1.0 86400\n# EOF\n",
		"another family":               head + "b 1.0 86400\n# EOF\n",
		"a family in two pieces":       head + "a 1.0 86400\n# HELP b b\n# TYPE b gauge\n" + head + "# EOF\n",
		"a series in two pieces":       head + "a{x=\"1\"} 1.0 86400\na{x=\"2\"} 1.0 86400\na{x=\"1\"} 1.0 172800\n# EOF\n",
		"time that goes back":          head + "a 1.0 172800\na 1.0 86400\n# EOF\n",
		"the same time twice":          head + "a 1.0 86400\na 1.0 86400\n# EOF\n",
		"no time":                      head + "a 1.0\n# EOF\n",
		"a time within a day":          head + "a 1.0 86401\n# EOF\n",
		"NaN":                          head + "a NaN 86400\n# EOF\n",
		"labels that are out of order": head + "a{y=\"1\",x=\"2\"} 1.0 86400\n# EOF\n",
		"a label twice":                head + "a{x=\"1\",x=\"2\"} 1.0 86400\n# EOF\n",
		"what is not escaped":          head + "a{x=\"\"\"} 1.0 86400\n# EOF\n",
	} {
		if _, err := readHistory(text, time.UTC); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
	if _, err := readHistory(head+"a{x=\"1\"} 1.0 86400\na{x=\"1\"} 2.0 172800\n# EOF\n", time.UTC); err != nil {
		t.Error(err)
	}
}
