package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/kaohe/kaohe/events"
)

// Problem is an RFC 9457 problem: why a question was not answered.
type Problem struct {
	Code      string `json:"code"` // parameter or unavailable, for programs
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Parameter string `json:"parameter,omitempty"`
	Expected  string `json:"expected,omitempty"`
	Got       string `json:"got,omitempty"`
	Hint      string `json:"hint,omitempty"`
}

// badParameter is the problem of a parameter that makes no sense.
type badParameter struct {
	name, got      string
	expected, hint events.Text
}

func (b *badParameter) in(lang events.Lang) Problem {
	expected, hint := b.expected.In(lang), b.hint.In(lang)
	detail := fmt.Sprintf(events.Text{ZH: "%s 应为%s，收到 %q", EN: "%s: expected %s, got %q"}.In(lang), b.name, expected, b.got)
	if hint != "" {
		detail += events.Text{ZH: "；", EN: "; "}.In(lang) + hint
	}
	return Problem{
		Code: "parameter", Title: events.Text{ZH: "参数有误", EN: "wrong parameter"}.In(lang), Status: http.StatusBadRequest, Detail: detail,
		Parameter: b.name, Expected: expected, Got: b.got, Hint: hint,
	}
}

func (p Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(p.Status)
	body, _ := json.Marshal(p) // strings and a number always can be written
	_, _ = w.Write(append(body, '\n'))
}
