package sheets

import (
	"iter"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// Remark is what a report says of a row that was refused. A report is a copy of the file with the remarks in it: whoever
// has put the rows right imports the copy, and as all rows are in it, equal rows keep their numbers and what was recorded
// is recognised.
type Remark struct {
	Sheet  string // of a workbook
	Number int    // of the row, as in [Row]
	Text   string // all that is wrong with the row
	Cells  []CellRemark
}

// CellRemark says what is wrong with a cell of the row.
type CellRemark struct {
	Column int // from 1
	Text   string
}

// Remarks are in the order of the file.
type Remarks = iter.Seq[Remark]

// refusedMark begins what stands in the column of results. It keeps the text from being taken for a formula, too.
var refusedMark = events.Text{ZH: "退回: ", EN: "refused: "}

// isResult tells a remark of an earlier report from a text of somebody else.
func isResult(s string) bool {
	return strings.HasPrefix(s, refusedMark.ZH) || strings.HasPrefix(s, refusedMark.EN)
}
