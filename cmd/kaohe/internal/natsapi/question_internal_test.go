package natsapi

import (
	"encoding/json"
	"testing"
)

// FuzzReadQuestion holds that whatever is taken for a question is an object for encoding/json too, with as many parameters.
func FuzzReadQuestion(f *testing.F) {
	for _, seed := range []string{
		"", " ", "{}", `{"quarter":"2018Q1","org":"450703"}`, `{"limit":10,"below":true}`, `{"a":"b","a":"c"}`, `{"a":null}`, `[`, `{"a":"\u0000中"}`, "{\"a\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		query, problem := readQuestion(payload)
		if problem != nil || len(query) == 0 {
			return
		}
		var plain map[string]any
		if err := json.Unmarshal(payload, &plain); err != nil || len(plain) != len(query) {
			t.Errorf("readQuestion(%q) = %v, encoding/json reads %v, %v", payload, query, plain, err)
		}
	})
}
