package main

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/kaohe/kaohe/indicators"
)

// grid is a table for people: with lines and colours on a terminal, plain aligned text otherwise. Chinese characters take
// two columns.
type grid struct {
	head  []string
	right []bool // columns that are aligned to the right
	spare []int  // columns to leave out where there is no room for all, the first one first
	rows  [][]string
	paint []text.Colors // of each row, or nil
}

// write prints the table, no wider than the terminal if it can be helped; a width of 0 is no limit.
func (g *grid) write(w io.Writer, color bool, width int) {
	between := 2
	if color {
		between = 3
	}
	g.head = oneLine(g.head)
	for i := range g.rows {
		g.rows[i] = oneLine(g.rows[i])
	}
	if fitted := g.fit(width, between); color {
		fitted.lined(w)
	} else {
		fitted.plain(w)
	}
}

// oneLine returns cells that stay in their place, whatever an event or a plan has put into them: not even a tab may move what
// stands to the right.
func oneLine(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = strings.ReplaceAll(indicators.Visible(cell), "\t", " ")
	}
	return out
}

// fit returns the table without as many of its spare columns as it takes to fit.
func (g *grid) fit(width, between int) *grid {
	out := make(map[int]bool)
	for _, column := range g.spare {
		total := between
		for i, w := range g.widths() {
			if !out[i] {
				total += w + between
			}
		}
		if width == 0 || total <= width {
			break
		}
		out[column] = true
	}
	if len(out) == 0 {
		return g
	}
	fitted := &grid{head: without(g.head, out), right: without(g.right, out), paint: g.paint}
	for _, row := range g.rows {
		fitted.rows = append(fitted.rows, without(row, out))
	}
	return fitted
}

func without[T any](row []T, out map[int]bool) []T {
	var left []T
	for i, cell := range row {
		if !out[i] {
			left = append(left, cell)
		}
	}
	return left
}

// widths returns how many columns of the terminal each column takes.
func (g *grid) widths() []int {
	widths := make([]int, len(g.head))
	for _, row := range append([][]string{g.head}, g.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], text.StringWidthWithoutEscSequences(cell))
		}
	}
	return widths
}

func (g *grid) lined(w io.Writer) {
	t := table.NewWriter()
	t.SetStyle(table.StyleRounded)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Color.Header = text.Colors{text.Bold}
	text.EnableColors()
	t.AppendHeader(cells(g.head))
	for _, row := range g.rows {
		t.AppendRow(cells(row))
	}
	var configs []table.ColumnConfig
	for i := range g.head {
		c := table.ColumnConfig{Number: i + 1}
		if g.isRight(i) {
			c.Align, c.AlignHeader = text.AlignRight, text.AlignRight
		}
		configs = append(configs, c)
	}
	t.SetColumnConfigs(configs)
	if g.paint != nil {
		next := 0
		t.SetRowPainter(func(table.Row) text.Colors {
			next++
			return g.paint[(next-1)%len(g.paint)]
		})
	}
	_, _ = io.WriteString(w, t.Render()+"\n")
}

func (g *grid) isRight(column int) bool { return column < len(g.right) && g.right[column] }

func cells(row []string) table.Row {
	out := make(table.Row, len(row))
	for i, cell := range row {
		out[i] = cell
	}
	return out
}

// plain writes columns two blanks apart and nothing else, so that the output can be read anywhere.
func (g *grid) plain(w io.Writer) {
	widths := g.widths()
	var b strings.Builder
	for _, row := range append([][]string{g.head}, g.rows...) {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-text.StringWidthWithoutEscSequences(cell))
			if i > 0 {
				line.WriteString("  ")
			}
			if g.isRight(i) {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, _ = io.WriteString(w, b.String())
}
