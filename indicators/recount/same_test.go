package recount_test

import (
	"fmt"
	"time"
)

// names are the fields that name an occurrence, by type, as the schemas of the plan say (x-identity). "day" is the day of
// the event. The other types have no such names: each of their events is a fact of its own.
var names = map[string][]string{
	"AchievementConverted":   {"achievement_id"},
	"CarrierStageChanged":    {"carrier_id", "to_stage", "day"},
	"EnterpriseIncubated":    {"enterprise_id", "pool", "day"},
	"EnterpriseRegistered":   {"enterprise_id"},
	"EnterpriseRenamed":      {"enterprise_id", "new_name", "day"},
	"EnvoyAssigned":          {"envoy_id", "village_id", "day"},
	"EnvoyReleased":          {"envoy_id", "village_id", "day"},
	"HighTechApplied":        {"enterprise_id", "batch", "day"},
	"HighTechRecognized":     {"certificate_no"},
	"HighTechRevoked":        {"certificate_no", "day"},
	"PatentFiled":            {"application_no"},
	"PatentGranted":          {"patent_no"},
	"PatentLapsed":           {"patent_no"},
	"ProjectStageChanged":    {"project_id", "to_stage", "day"},
	"ProjectSubmitted":       {"project_id", "stage"},
	"SubsidyApplied":         {"subsidy_id"},
	"SubsidyDecided":         {"subsidy_id", "decision", "day"},
	"SubsidyDisbursed":       {"subsidy_id", "seq"},
	"TechContractRegistered": {"contract_no", "direction"},
	"TechSmeListed":          {"registry_no"},
	"TenantMoved":            {"carrier_id", "enterprise_id", "action", "day"},
	"VillageListed":          {"village_id", "list", "action", "day"},
}

// occurrence names what a fact is about; ok is false where a field is missing or the type has no names.
func (f fact) occurrence() (name string, ok bool) {
	fields := names[f.Type]
	if len(fields) == 0 {
		return "", false
	}
	name = f.Type
	for _, field := range fields {
		value := f.text(field)
		if field == "day" {
			value = f.Day.Format(time.DateOnly)
		} else if !f.has(field) {
			return "", false
		}
		name += fmt.Sprintf(" %q", value)
	}
	return name, true
}

// countedAt returns the facts that count at a unit: its own and those from below, of the same fact from several sources the
// first in the log (SEMANTICS 1.6, 3.5).
func countedAt(facts []fact, units tree, unit string) (counted []fact) {
	seen := map[string]bool{}
	for _, f := range facts {
		if !units.under(f.Org, unit) {
			continue
		}
		if name, ok := f.occurrence(); ok {
			if seen[name] {
				continue
			}
			seen[name] = true
		}
		counted = append(counted, f)
	}
	return counted
}

// countedAnywhere returns the facts that count at the top of a tree: what acts upon all units.
func countedAnywhere(facts []fact, units tree) (counted []fact) {
	for unit, above := range units {
		if above == "" {
			counted = append(counted, countedAt(facts, units, unit)...)
		}
	}
	return counted
}
