package natsapi

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
)

// Bounds of a question.
const (
	maxQuestion   = 64 << 10 // bytes
	maxParameters = 100
)

// badQuestion is the problem of a payload that is no question.
var badQuestion = problem{http.StatusBadRequest, "question",
	events.Text{ZH: "问题有误", EN: "wrong question"},
	events.Text{
		ZH: `应为参数的 JSON 对象，如 {"quarter":"2018Q1","org":"450703"}；不带参数时可为空`,
		EN: `Send a JSON object of parameters, such as {"quarter":"2018Q1","org":"450703"}, or nothing for their defaults.`}}

// readQuestion reads an object of parameters. Their values are texts; numbers and true and false are taken as they are
// written. A parameter that is there twice is refused, like all that is no such object.
func readQuestion(payload []byte) (url.Values, *problem) {
	query := url.Values{}
	if len(bytes.TrimSpace(payload)) == 0 {
		return query, nil
	}
	if len(payload) > maxQuestion {
		return nil, &badQuestion
	}
	d := jsontext.NewDecoder(bytes.NewReader(payload))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return nil, &badQuestion
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil || len(query) == maxParameters {
			return nil, &badQuestion
		}
		key := name.String() // of a token that is not valid any more once the next is read
		value, err := d.ReadToken()
		if err != nil {
			return nil, &badQuestion
		}
		switch value.Kind() {
		case '"', '0', 't', 'f':
			query.Set(key, value.String())
		default:
			return nil, &badQuestion
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, &badQuestion
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, &badQuestion
	}
	return query, nil
}
