package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"github.com/kaohe/kaohe/indicators"
)

// How often progress is shown: a bar as fast as the eye follows, a line of a log so rarely that nobody minds it.
const (
	barEvery      = 100 * time.Millisecond
	lineEvery     = 10 * time.Second
	lineEveryRows = 100_000
)

// progress tells whoever waits how far a file has come: a bar that stays in its line on a terminal, plain lines now and
// then elsewhere. It says nothing about what is done in a moment.
type progress struct {
	c     *cli
	w     io.Writer
	bar   bool
	width func() int
	now   func() time.Time

	file   string
	total  int64 // bytes; 0 if nobody knows
	begin  time.Time
	shown  time.Time // when it was shown last
	rows   int       // as shown last
	cells  int       // columns of the terminal that the bar takes now
	silent bool
}

// newProgress shows progress on stderr, unless it is to be silent.
func (c *cli) newProgress(silent bool) *progress {
	return &progress{c: c, w: c.stderr, bar: terminal(c.stderr), width: func() int { return columnsOf(c.stderr) }, now: time.Now, silent: silent}
}

// columnsOf returns how many columns a terminal has, 80 if it does not say.
func columnsOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return 80
}

// start begins a file of so many bytes.
func (p *progress) start(file string, total int64) {
	p.file, p.total, p.rows = file, total, 0
	p.begin = p.now()
	p.shown = p.begin
}

// update tells how many bytes of the file are read and how many of its rows are settled.
func (p *progress) update(read int64, rows int) {
	since := p.now().Sub(p.shown)
	switch {
	case p.silent:
	case p.bar && since >= barEvery:
		p.draw(p.barLine(read, rows))
		p.shown, p.rows = p.now(), rows
	case !p.bar && (since >= lineEvery || rows/lineEveryRows > p.rows/lineEveryRows):
		p.c.line(p.w, p.file+": "+p.figures(read, rows))
		p.shown, p.rows = p.now(), rows
	}
}

// clear takes the bar away, so that something else can be written.
func (p *progress) clear() {
	if p.cells > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.cells))
		p.cells = 0
	}
}

// draw puts a line in the place of the one before. It never fills the last column, where some terminals begin a new line.
func (p *progress) draw(line string) {
	line = text.Snip(indicators.Visible(line), max(p.width()-1, 10), "")
	cells := text.StringWidthWithoutEscSequences(line)
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", max(p.cells-cells, 0)))
	p.cells = cells
}

// barLine is the bar with its figures. A file whose end is not known has figures only.
func (p *progress) barLine(read int64, rows int) string {
	const cells = 24
	name := text.Snip(p.file, 30, "~")
	if p.total <= 0 {
		return name + "  " + p.figures(read, rows)
	}
	full := int(min(read, p.total) * cells / p.total)
	return fmt.Sprintf("%s [%s%s] %s", name, strings.Repeat("#", full), strings.Repeat(".", cells-full), p.figures(read, rows))
}

// figures are the share that is read, the rows, their rate, and the time that the rest will take.
func (p *progress) figures(read int64, rows int) string {
	spent := p.now().Sub(p.begin)
	var parts []string
	if p.total > 0 {
		parts = append(parts, fmt.Sprintf("%3d %%", min(read, p.total)*100/p.total))
	}
	parts = append(parts, p.c.sayf("%d 行", "%d rows", rows))
	if ms := spent.Milliseconds(); ms > 0 {
		parts = append(parts, p.c.sayf("每秒 %d 行", "%d rows/s", int64(rows)*1000/ms))
	}
	if rest := p.total - read; p.total > 0 && read > 0 && rest > 0 {
		left := time.Duration(float64(spent) * float64(rest) / float64(read)).Round(time.Second)
		parts = append(parts, p.c.sayf("还需 %s", "%s left", left))
	}
	return strings.Join(parts, p.c.say("，", ", "))
}
