package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// difference is a place at which two documents say different things. A value is nil where there is none.
type difference struct {
	path     []string
	old, new any
}

// The steps of a path that stand for others.
const (
	anyKey = "*"
	anyWay = "**"
)

// at says whether an edit's path leads here.
func (d difference) at(path string) bool { return leads(strings.Split(path, "."), d.path) }

func leads(steps, path []string) bool {
	switch {
	case len(steps) == 0:
		return len(path) == 0
	case steps[0] == anyWay:
		return leads(steps[1:], path) || len(path) > 0 && leads(steps, path[1:])
	default:
		return len(path) > 0 && fits(steps[0], path[0]) && leads(steps[1:], path[1:])
	}
}

func fits(step, key string) bool { return step == anyKey || step == key }

// differences walks two documents and finds all places at which they differ. Lists of different lengths, and values of
// different kinds, differ as wholes.
func differences(path []string, old, new any) (all []difference) {
	below := func(key string, old, new any) {
		all = append(all, differences(append(slices.Clone(path), key), old, new)...)
	}
	switch o := old.(type) {
	case map[string]any:
		if n, ok := new.(map[string]any); ok {
			keys := maps.Clone(o)
			maps.Copy(keys, n)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				below(key, o[key], n[key])
			}
			return all
		}
	case []any:
		if n, ok := new.([]any); ok && len(n) == len(o) {
			for i := range o {
				below(strconv.Itoa(i), o[i], n[i])
			}
			return all
		}
	}
	if !reflect.DeepEqual(old, new) {
		all = append(all, difference{path, old, new})
	}
	return all
}

// read reads a YAML file into maps, lists and scalars.
func read(path string) (any, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	return doc, nil
}

// plain is a value as it is read from a file.
func plain(value any) (doc any) {
	text, err := json.Marshal(value)
	if err == nil {
		err = yaml.Unmarshal(text, &doc)
	}
	if err != nil {
		panic(err) // the values of edits are constants
	}
	return doc
}
