package contract

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// module begins the paths of the packages.
const module = "github.com/kaohe/kaohe/"

// notes are what the source says of types, by the package and the name: events/intake.Answer.
type notes map[string]note

type note struct {
	Doc    string            `json:"doc,omitempty"`
	Fields map[string]string `json:"fields,omitempty"` // of a struct, by the Go name
	Values []valueNote       `json:"values,omitempty"` // of a list of words, in the order of the source
}

type valueNote struct {
	Value string `json:"value"`
	Doc   string `json:"doc,omitempty"`
}

// The program cannot read its own comments, so they are kept beside it.
//
//go:embed source.json
var sourceJSON []byte

func source() notes {
	var n notes
	if err := json.Unmarshal(sourceJSON, &n); err != nil {
		panic(fmt.Sprintf("contract: source.json: %v", err)) // a test writes and reads it
	}
	return n
}

// path names a type in the notes.
func path(t reflect.Type) string { return strings.TrimPrefix(t.PkgPath(), module) + "." + t.Name() }

// field returns what is said of a field: where it is written, or else where it comes from.
func (n notes) field(t, shape reflect.Type, name string) string {
	if doc := n[path(shape)].Fields[name]; doc != "" {
		return doc
	}
	return n[path(t)].Fields[name]
}
