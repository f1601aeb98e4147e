package main

import (
	"os"
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
	return nil
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
