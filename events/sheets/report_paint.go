package sheets

import (
	"slices"

	"github.com/xuri/excelize/v2"
)

// The colours of a report: of a row that was refused, and of its wrong cells. Nobody else is likely to have chosen the very
// same, so that a later report takes them away again.
const (
	lightColor  = "FFF4E1"
	strongColor = "FFB9A3"
)

// paint colours cells and leaves everything else of their style as it is.
type paint struct {
	file          *excelize.File
	title, result int
	painted       map[painting]int
	err           error
}

// painting is a style in another colour.
type painting struct {
	style int
	color string
}

func newPaint(file *excelize.File) *paint {
	p := &paint{file: file, painted: map[painting]int{}}
	p.title, p.err = file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "9C0006"}, Fill: fill(lightColor), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	if p.err == nil {
		p.result, p.err = file.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "9C0006"}, Fill: fill(lightColor), Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	}
	return p
}

// cell gives a cell a colour; without one it takes that of a report away.
func (p *paint) cell(sheet, cell, color string) error {
	if p.err != nil {
		return p.err
	}
	old, err := p.file.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	style, err := p.mixed(painting{old, color})
	if err != nil || style == old {
		return err
	}
	return p.file.SetCellStyle(sheet, cell, cell, style)
}

// mixed returns the style that a style becomes in a colour.
func (p *paint) mixed(want painting) (int, error) {
	if style, ok := p.painted[want]; ok {
		return style, nil
	}
	s, err := p.file.GetStyle(want.style)
	if err != nil {
		return 0, err
	}
	style := want.style
	if want.color != "" || ours(s.Fill) {
		s.Fill = excelize.Fill{}
		if want.color != "" {
			s.Fill = fill(want.color)
		}
		if style, err = p.file.NewStyle(s); err != nil {
			return 0, err
		}
	}
	p.painted[want] = style
	return style, nil
}

// ours tells the colours of a report.
func ours(f excelize.Fill) bool {
	return f.Type == "pattern" && slices.ContainsFunc(f.Color, func(c string) bool { return c == lightColor || c == strongColor })
}
