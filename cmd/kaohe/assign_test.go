package main

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestAssignmentsBecomeNestedData(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
		err  error
	}{
		{"flat", []string{"kind=invention", "patent_no=ZL1"}, `{"kind":"invention","patent_no":"ZL1"}`, nil},
		{"a value may hold equals signs", []string{"note=a=b=c"}, `{"note":"a=b=c"}`, nil},
		{"an empty value", []string{"note="}, `{"note":""}`, nil},
		{"the prefix data. is allowed", []string{"data.kind=utility"}, `{"kind":"utility"}`, nil},
		{"numbered parts are a list", []string{"entities.0.name=甲", "entities.1.name=乙", "entities.0.id=E1"},
			`{"entities":[{"id":"E1","name":"甲"},{"name":"乙"}]}`, nil},
		{"a list in any order", []string{"a.1=y", "a.0=x"}, `{"a":["x","y"]}`, nil},
		{"no equals sign", []string{"kind"}, "", errNoAssignment},
		{"an empty part", []string{"a..b=1"}, "", errKey},
		{"an empty key", []string{"=1"}, "", errKey},
		{"twice the same", []string{"a=1", "a=2"}, "", errConflict},
		{"a value and a group", []string{"a=1", "a.b=2"}, "", errConflict},
		{"a group and a value", []string{"a.b=2", "a=1"}, "", errConflict},
		{"a gap in a list", []string{"a.0=x", "a.2=y"}, "", errIndex},
		{"a list with a name", []string{"a.0=x", "a.b=y"}, "", errIndex},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := buildAll(tt.args)
			if !errors.Is(err, tt.err) || got != tt.want {
				t.Errorf("build(%q) = %s, %v, want %s, %v", tt.args, got, err, tt.want, tt.err)
			}
		})
	}
}

func buildAll(args []string) (string, error) {
	var root node
	for _, arg := range args {
		a, err := parseAssignment(arg)
		if err != nil {
			return "", err
		}
		if err := root.put(a.path, a.value); err != nil {
			return "", err
		}
	}
	value, err := root.build()
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(value)
	return string(b), err
}
