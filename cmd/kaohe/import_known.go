package main

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/indicators"
)

// learn finds out what the plan knows: from the directory that the user names, else from the server or, with a spool, from
// what the server said when it was last there.
func (im *importing) learn() (err error) {
	if im.plan != "" {
		im.options.Catalogue, err = im.c.plannedCatalogue(im.plan)
	} else {
		im.options.Catalogue, err = im.box.catalogue(im.ctx)
	}
	if err != nil {
		return err
	}
	known := im.options.Catalogue
	if known == nil {
		return im.c.errorf("%w\n  %s 里也没有服务以前的方案，读不懂文件；请用 --plan 目录 指明方案", "%w\n  nor does %s hold what the plan was when the server was last there; name a plan with --plan DIR", im.box.away, im.spoolDir)
	}
	if im.box.spool != nil && im.options.Org == "" {
		im.options.Org = known.DefaultOrg // what waits must not change with the plan
	}
	return im.checkNames(known)
}

// checkNames refuses what a flag says of all rows before each of them is refused for it. A unit may be given by its name.
func (im *importing) checkNames(known *forms.Catalogue) error {
	if im.typ != "" && !slices.ContainsFunc(known.Types, func(t forms.Type) bool { return called(im.typ, t.Name, t.Schema, t.Title) }) {
		var names []string
		for i := range known.Types {
			names = append(names, known.Types[i].Name, known.Types[i].Title.ZH, known.Types[i].Title.EN)
		}
		return im.noSuch("--type", im.typ, names)
	}
	if im.org != "" {
		i := slices.IndexFunc(known.Orgs, func(o forms.Org) bool { return called(im.org, o.Code, "", o.Name) })
		if i < 0 {
			var names []string
			for i := range known.Orgs {
				names = append(names, known.Orgs[i].Code, known.Orgs[i].Name.ZH, known.Orgs[i].Name.EN)
			}
			return im.noSuch("--org", im.org, names)
		}
		im.options.Org = known.Orgs[i].Code
	}
	if _, err := url.Parse(im.source); err != nil || strings.ContainsFunc(im.source, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return im.c.usagef("--source 应是 URI，只用 ASCII 字符，如 kaohe:450703/patents；不能是 %q", "--source wants a URI of ASCII characters, such as kaohe:450703/patents; it cannot be %q", im.source)
	}
	return nil
}

// called reports whether a person may have meant what has this name, this other name or this title.
func called(typed, name, other string, title events.Text) bool {
	typed = forms.Fold(typed)
	return slices.ContainsFunc([]string{name, other, title.ZH, title.EN}, func(s string) bool { return s != "" && forms.Fold(s) == typed })
}

// noSuch says that the plan does not have what a flag names, and what may have been meant.
func (im *importing) noSuch(flag, value string, names []string) error {
	if near := events.Suggest(value, names); near != "" {
		return im.c.usagef("%s: 方案里没有 %q，是不是 %s？", "%s: the plan does not have %q; did you mean %s?", flag, value, near)
	}
	return im.c.usagef("%s: 方案里没有 %q", "%s: the plan does not have %q", flag, value)
}

// plannedCatalogue is what the plan in a directory knows.
func (c *cli) plannedCatalogue(dir string) (*forms.Catalogue, error) {
	plan, err := c.loadPlan(dir)
	if err != nil {
		return nil, err
	}
	return catalogueOf(plan, events.DayOf(time.Now().In(plan.Zone))), nil
}

// catalogueOf writes down what a plan knows as its server would say it.
func catalogueOf(plan *indicators.Plan, today events.Day) *forms.Catalogue {
	known := &forms.Catalogue{Plan: plan.Name, PlanHash: plan.Hash, TimeZone: plan.Zone.String(), Today: today.String(), DefaultOrg: plan.DefaultOrg}
	for i := range plan.Orgs.Len() {
		org := plan.Orgs.Org(i)
		known.Orgs = append(known.Orgs, forms.Org{Code: org.Code, Name: org.Name, Parent: org.Parent})
	}
	for _, t := range plan.Catalogue.Types() {
		known.Types = append(known.Types, forms.Describe(t))
	}
	return known
}

// same reports whether two names are of one file.
func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
