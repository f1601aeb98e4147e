package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// edit is a difference that a file may have to the one that is shipped.
type edit struct {
	// path says where: keys and indexes with dots between them, * for any one, ** for any way down, which may be none. What
	// is not there is added if its parent is.
	path string
	// to makes the new value; nil takes the key away.
	to func(old any) any
	// allow says whether what was written is the difference that was meant. The values are nil where nothing is.
	allow func(old, new any) error
	// rare is for what a file may do without. Any other edit must find its place, or it is out of date.
	rare bool
}

// shortened makes a duration shorter, never longer. What is not there stays away.
func shortened(path string, to time.Duration) edit {
	return edit{
		path: path,
		to: func(old any) any {
			if is, err := duration(old); err != nil || is <= to {
				return old
			}
			return model.Duration(to).String()
		},
		allow: func(old, new any) error {
			was, err := duration(old)
			if err != nil {
				return err
			}
			is, err := duration(new)
			if err == nil && is >= was {
				err = fmt.Errorf("%v is not shorter than %v", new, old)
			}
			return err
		},
	}
}

func duration(value any) (time.Duration, error) {
	d, err := model.ParseDuration(fmt.Sprint(value))
	return time.Duration(d), err
}

// replaced puts a value in place of whatever is there, or adds it.
func replaced(path string, value any) edit {
	return edit{
		path: path,
		to:   func(any) any { return value },
		allow: func(_, new any) error {
			if !reflect.DeepEqual(new, plain(value)) {
				return fmt.Errorf("is %v, not %v", new, value)
			}
			return nil
		},
	}
}

// dropped takes a key away where it is.
func dropped(path string) edit {
	return edit{
		path: path,
		to:   func(any) any { return nil },
		allow: func(_, new any) error {
			if new != nil {
				return fmt.Errorf("is still there: %v", new)
			}
			return nil
		},
	}
}

// rewrite writes a YAML file with the edits made. The new one is JSON, which is YAML without its many ways to write one
// text. It fails if the two differ by anything that no edit allows, and if an edit finds nothing to do.
func rewrite(from, to string, edits []edit) error {
	shipped, err := read(from)
	if err != nil {
		return err
	}
	edited, err := read(from) // a second time, because edits change it in place
	if err != nil {
		return err
	}
	for _, e := range edits {
		if !e.apply(edited, strings.Split(e.path, ".")) && !e.rare {
			return fmt.Errorf("edit %q: there is no %s", from, e.path)
		}
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(edited); err != nil {
		return fmt.Errorf("edit %q: %w", from, err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(to, text.Bytes(), 0o644); err != nil {
		return err
	}
	return check(shipped, to, edits)
}

// check reads what was written and looks at every difference.
func check(shipped any, written string, edits []edit) error {
	is, err := read(written)
	if err != nil {
		return err
	}
	for _, d := range differences(nil, shipped, is) {
		i := slices.IndexFunc(edits, func(e edit) bool { return d.at(e.path) })
		if i < 0 {
			return fmt.Errorf("%s: %s differs: shipped %v, run with %v", written, strings.Join(d.path, "."), d.old, d.new)
		}
		if err := edits[i].allow(d.old, d.new); err != nil {
			return fmt.Errorf("%s: %s: %w", written, strings.Join(d.path, "."), err)
		}
	}
	return nil
}

// apply makes the edit below a node and says whether it found a place to. Only a parent that is a map can be added to.
func (e edit) apply(node any, path []string) (found bool) {
	if path[0] == anyWay {
		for _, child := range children(node) {
			found = e.apply(child, path) || found
		}
		return e.apply(node, path[1:]) || found
	}
	for key, child := range children(node) {
		switch {
		case !fits(path[0], key):
		case len(path) > 1:
			found = e.apply(child, path[1:]) || found
		default:
			put(node, key, e.to(child))
			found = true
		}
	}
	if parent, ok := node.(map[string]any); ok && len(path) == 1 && !found && path[0] != anyKey {
		if added := e.to(nil); added != nil {
			parent[path[0]], found = added, true
		}
	}
	return found
}

// children are what a map or a list holds, lists by index. Others hold nothing.
func children(node any) map[string]any {
	switch n := node.(type) {
	case map[string]any:
		return maps.Clone(n)
	case []any:
		below := make(map[string]any, len(n))
		for i, child := range n {
			below[strconv.Itoa(i)] = child
		}
		return below
	}
	return nil
}

// put sets what a map or a list holds; nil takes it out of a map.
func put(node any, key string, value any) {
	switch n := node.(type) {
	case map[string]any:
		if n[key] = value; value == nil {
			delete(n, key)
		}
	case []any:
		if i, err := strconv.Atoi(key); err == nil {
			n[i] = value
		}
	}
}
