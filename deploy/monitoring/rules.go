package monitoring

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"
)

// Group is a group of rules. Its rules are evaluated one after the other, in the order of the file.
type Group struct {
	File  string // relative to the directory that was read, with slashes
	Name  string
	Rules []Rule
}

// Rule is a recording rule or an alert: one of Record and Alert is set.
type Rule struct {
	Record      string            `yaml:"record"`
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Keep        string            `yaml:"keep_firing_for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// ruleFile is the format of Prometheus, as far as we use it.
type ruleFile struct {
	Groups []struct {
		Name     string `yaml:"name"`
		Interval string `yaml:"interval"`
		Rules    []Rule `yaml:"rules"`
	} `yaml:"groups"`
}

// Rules reads the rule files (*.yml) below a directory, in the order of their names. A file that is no rule file is an
// error, and so is a directory without any: whoever checks rules must not pass because there are none.
func Rules(dir string) ([]Group, error) {
	var groups []Group
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yml" {
			return err
		}
		file, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		read, err := readRules(path)
		if err != nil {
			return fmt.Errorf("read rules %q: %w", path, err)
		}
		for i := range read {
			read[i].File = filepath.ToSlash(file)
		}
		groups = append(groups, read...)
		return nil
	})
	if err == nil && len(groups) == 0 {
		err = fmt.Errorf("no rules below %q", dir)
	}
	return groups, err
}

func readRules(path string) ([]Group, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file ruleFile
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		return nil, err
	}
	var groups []Group
	for _, g := range file.Groups {
		if i := slices.IndexFunc(g.Rules, Rule.broken); i >= 0 {
			return nil, fmt.Errorf("group %q, rule %d: want an expr and either record or alert", g.Name, i+1)
		}
		groups = append(groups, Group{Name: g.Name, Rules: g.Rules})
	}
	return groups, nil
}

func (r Rule) broken() bool { return r.Expr == "" || (r.Record == "") == (r.Alert == "") }
