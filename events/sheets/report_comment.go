package sheets

import (
	"maps"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// commentAuthor tells the comments of a report from those of people.
const commentAuthor = "kaohe import"

// maxComments bounds the comments: a spreadsheet with more of them is slow to open.
const maxComments = 500

// The parts of a workbook that comments are kept in, as the library writes them.
var (
	commentPart = regexp.MustCompile(`^xl/comments(\d+)\.xml$`)
	drawingPart = regexp.MustCompile(`^xl/drawings/vmlDrawing(\d+)\.vml$`)
	drawnShape  = regexp.MustCompile(`<v:shape\b[^>]*?\bid\s*=\s*["']([^"']*)["']`)
	shapeNumber = regexp.MustCompile(`^_x0000_s\d+$`)
)

// commentable reports whether the library can be trusted with the comments of a workbook. It pairs them with their drawings
// by the numbers in the names of both, wants a number in the name of each shape, and the name of a font. Other programs, and
// pictures in the head of a page, keep to nothing of that; then comments would be lost, or say something on another sheet.
func commentable(file *excelize.File) (ok bool) {
	defer func() { ok = recover() == nil && ok }()
	if _, err := file.GetDefaultFont(); err != nil {
		return false
	}
	comments, drawings := map[string]bool{}, map[string]bool{}
	ok = true
	file.Pkg.Range(func(key, value any) bool {
		name, _ := key.(string)
		switch text, _ := value.([]byte); {
		case commentPart.MatchString(name):
			comments[commentPart.FindStringSubmatch(name)[1]] = true
		case drawingPart.MatchString(name):
			drawings[drawingPart.FindStringSubmatch(name)[1]] = true
			for _, shape := range drawnShape.FindAllSubmatch(text, -1) {
				ok = ok && shapeNumber.Match(shape[1])
			}
		case strings.HasSuffix(name, ".vml"), strings.Contains(strings.ToLower(name), "comment"):
			ok = false
		}
		return ok
	})
	return ok && maps.Equal(comments, drawings)
}

// learnComments notes what people have said on a sheet, and takes away what an earlier report has.
func (r *workbookReport) learnComments(sheet string, s *sheetReport) error {
	if r.silent {
		return nil
	}
	comments, err := r.file.GetComments(sheet)
	if err != nil {
		return err
	}
	for _, c := range comments {
		if c.Author == commentAuthor {
			if err := r.file.DeleteComment(sheet, c.Cell); err != nil {
				return err
			}
			continue
		}
		s.notes[c.Cell] = commentText(&c)
	}
	return nil
}

// comment says at a cell what is wrong with it, below what somebody else has said there.
func (r *workbookReport) comment(sheet string, s *sheetReport, cell, text string) error {
	if r.comments++; r.silent || r.comments > maxComments {
		return nil // the column of results says it, too
	}
	if old, ok := s.notes[cell]; ok {
		if err := r.file.DeleteComment(sheet, cell); err != nil {
			return err
		}
		text = old + "\n\n" + text
	}
	return r.file.AddComment(sheet, excelize.Comment{
		Cell: cell, Author: commentAuthor, Width: commentWidth, Height: uint(commentLine * (1 + shownLines(strings.Split(text, "\n")))),
		Paragraph: []excelize.RichTextRun{{Text: text}},
	})
}

// commentText returns what a comment says.
func commentText(c *excelize.Comment) string {
	if len(c.Paragraph) == 0 {
		return c.Text
	}
	var b strings.Builder
	for _, run := range c.Paragraph {
		b.WriteString(run.Text)
	}
	return b.String()
}
