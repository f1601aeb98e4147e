package metrics

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/kaohe/kaohe/events"
)

// HistoryType is the media type of what a history writes.
const HistoryType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

// HistoryEnd ends a history. One without it was cut on the way, and Prometheus takes none of it.
const HistoryEnd = "# EOF\n"

// chunk is about how many bytes are written at once.
const chunk = 64 << 10

// WriteTo implements [io.WriterTo]: it writes the history, in chunks, and its end.
func (h *History) WriteTo(w io.Writer) (n int64, err error) {
	p := printer{w: w, begins: h.begins()}
	all := slices.SortedFunc(maps.Values(h.byDesc), func(a, b *chronicle) int { return strings.Compare(a.name, b.name) })
	for _, c := range all {
		p.line("# HELP ", c.name, " ", escape.Replace(c.help))
		p.line("# TYPE ", c.name, " gauge")
		for _, labels := range slices.Sorted(maps.Keys(c.byLabels)) {
			for _, r := range c.byLabels[labels].runs {
				p.run(c.name+labels+" ", r, h.from)
			}
		}
		if p.err != nil {
			return p.n, p.err
		}
	}
	p.b = append(p.b, HistoryEnd...)
	p.flush()
	return p.n, p.err
}

// begins returns when each day began, with a line break after it.
func (h *History) begins() []string {
	if h.series == 0 {
		return nil
	}
	list := make([]string, 0, h.last-h.from+1)
	for d := h.from; d <= h.last; d++ {
		list = append(list, fmt.Sprintf(" %d\n", Began(d, h.opt.Zone).Unix()))
	}
	return list
}

// Began returns when a day began in a zone.
func Began(d events.Day, zone *time.Location) time.Time {
	year, month, day := d.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

// printer writes text in chunks. After a failure it writes nothing more.
type printer struct {
	w      io.Writer
	begins []string
	b      []byte
	n      int64
	err    error
}

func (p *printer) line(parts ...string) {
	for _, s := range parts {
		p.b = append(p.b, s...)
	}
	p.b = append(p.b, '\n')
}

// run writes a sample for each day of a run.
func (p *printer) run(series string, r run, from events.Day) {
	sample := appendValue([]byte(series), r.value)
	for d := r.first; d <= r.last && p.err == nil; d++ {
		p.b = append(append(p.b, sample...), p.begins[d-from]...)
		if len(p.b) >= chunk {
			p.flush()
		}
	}
}

func (p *printer) flush() {
	if p.err != nil {
		return
	}
	n, err := p.w.Write(p.b)
	p.n, p.err = p.n+int64(n), err
	p.b = p.b[:0]
}

// appendValue writes a number as a scrape does: it always shows that it is no integer.
func appendValue(b []byte, v float64) []byte {
	before := len(b)
	b = strconv.AppendFloat(b, v, 'g', -1, 64)
	if !math.IsInf(v, 0) && !bytes.ContainsAny(b[before:], "e.") {
		b = append(b, ".0"...)
	}
	return b
}

// escaped is what the format wants escaped in labels and in help.
const escaped = "\\\n\""

var escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

// appendLabel writes one of several labels; the first begins a bracket.
func appendLabel(b []byte, l *dto.LabelPair) []byte {
	sign := byte(',')
	if len(b) == 0 {
		sign = '{'
	}
	b = append(append(append(b, sign), l.GetName()...), `="`...)
	if v := l.GetValue(); strings.ContainsAny(v, escaped) {
		b = append(b, escape.Replace(v)...)
	} else {
		b = append(b, v...)
	}
	return append(b, '"')
}
