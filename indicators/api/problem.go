package api

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// Problem is an RFC 9457 problem: why a question was not answered. It is the intake's, and names the parameter that is
// to blame if one is.
type Problem struct {
	intake.Problem
	Parameter string `json:"parameter,omitempty"`
	Expected  string `json:"expected,omitempty"`
	Got       string `json:"got,omitempty"`
	Hint      string `json:"hint,omitempty"`

	Lasting bool `json:"-"` // of a 503: asking again does not help
}

// NewProblem returns a problem in a language. The code is for programs and never changes its meaning.
func NewProblem(status int, code string, title, detail events.Text, lang events.Lang) Problem {
	return Problem{Problem: intake.Problem{
		Type: "urn:kaohe:problem:" + code, Title: title.In(lang), Status: status, Detail: detail.In(lang), Code: code,
	}}
}

// Write answers with the problem, in the language that it is written in. What is unavailable now may be asked again after
// a second, unless it is lasting or the header says otherwise already.
func (p Problem) Write(w http.ResponseWriter, lang events.Lang) {
	h := w.Header()
	if p.Status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" && !p.Lasting {
		h.Set("Retry-After", "1")
	}
	h.Set("Content-Language", string(lang))
	if !slices.Contains(h.Values("Vary"), "Accept-Language") {
		h.Add("Vary", "Accept-Language")
	}
	writeJSON(w, "application/problem+json", p.Status, p)
}

// badParameter is the problem of a parameter that makes no sense.
type badParameter struct {
	name, got      string
	expected, hint events.Text
}

func (b *badParameter) problem(lang events.Lang) *Problem {
	expected, hint := b.expected.In(lang), b.hint.In(lang)
	detail := fmt.Sprintf(events.Text{ZH: "%s 应为%s，收到 %q", EN: "%s: expected %s, got %q"}.In(lang), b.name, expected, b.got)
	if hint != "" {
		detail += events.Text{ZH: "；", EN: "; "}.In(lang) + hint
	}
	p := NewProblem(http.StatusBadRequest, "parameter", events.Text{ZH: "参数有误", EN: "wrong parameter"}, events.Text{ZH: detail, EN: detail}, lang)
	p.Parameter, p.Expected, p.Got, p.Hint = b.name, expected, b.got, hint
	return &p
}

// unread is the problem of a question that comes before the log has been read: the figures would be partial.
func unread(lang events.Lang) Problem {
	return NewProblem(http.StatusServiceUnavailable, "not_ready", events.Text{ZH: "正在读取日志", EN: "still reading the log"}, events.Text{
		ZH: "读完之前的数字不完整，所以不提供；请稍候再试", EN: "Figures would be partial before all of it has been read, so none are shown; try again shortly."}, lang)
}

func unavailable(why events.Text, lang events.Lang) Problem {
	return NewProblem(http.StatusServiceUnavailable, "unavailable", events.Text{ZH: "暂时不能回答", EN: "cannot answer now"}, why, lang)
}
