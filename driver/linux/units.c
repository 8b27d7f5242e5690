// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The units of this machine: their numbers, and what concerns all of them.
 *
 * Locks: units_lock guards the table.  A unit is in it, as itself, only while
 * its device exists; its number is taken for longer.
 */
#include <linux/idr.h>
#include <linux/mutex.h>

#include "module.h"

static DEFINE_IDA(numbers);
static DEFINE_MUTEX(units_lock);
static struct hfi1u_unit *units[HFI1U_MAX_UNITS];

/**
 * hfi1u_unit_number - give a unit the lowest free number
 * @unit: new unit
 *
 * Return: 0, or -ENOSPC if all are taken.
 */
int hfi1u_unit_number(struct hfi1u_unit *unit)
{
	int number = ida_alloc_max(&numbers, HFI1U_MAX_UNITS - 1, GFP_KERNEL);

	if (number < 0)
		return number;
	unit->number = number;
	return 0;
}

/**
 * hfi1u_unit_release - give the number back
 * @unit: unit that is not in the table
 */
void hfi1u_unit_release(struct hfi1u_unit *unit)
{
	ida_free(&numbers, unit->number);
}

/**
 * hfi1u_unit_show - from now on changes of parameters reach the unit
 * @unit: unit with a device
 */
void hfi1u_unit_show(struct hfi1u_unit *unit)
{
	mutex_lock(&units_lock);
	units[unit->number] = unit;
	mutex_unlock(&units_lock);
}

/**
 * hfi1u_unit_hide - undo hfi1u_unit_show()
 * @unit: unit that will go
 */
void hfi1u_unit_hide(struct hfi1u_unit *unit)
{
	mutex_lock(&units_lock);
	units[unit->number] = NULL;
	mutex_unlock(&units_lock);
}

/**
 * hfi1u_units_set_caps - change the capability word of all units
 * @caps: new word
 */
void hfi1u_units_set_caps(u64 caps)
{
	unsigned int i;

	mutex_lock(&units_lock);
	for (i = 0; i < HFI1U_MAX_UNITS; i++)
		if (units[i])
			hfi1u_caps_write(units[i]->dd, caps);
	mutex_unlock(&units_lock);
}

/**
 * hfi1u_units_set_lids - have all ports take the addresses of the parameter
 */
void hfi1u_units_set_lids(void)
{
	unsigned int i;

	mutex_lock(&units_lock);
	for (i = 0; i < HFI1U_MAX_UNITS; i++)
		if (units[i])
			hfi1u_fm_port_changed(units[i]);
	mutex_unlock(&units_lock);
}

/**
 * hfi1u_units_get_caps - the capability word in force
 * @caps: where to put the first unit's
 *
 * Return: false if there is no unit.
 */
bool hfi1u_units_get_caps(u64 *caps)
{
	bool found = false;
	unsigned int i;

	mutex_lock(&units_lock);
	for (i = 0; i < HFI1U_MAX_UNITS && !found; i++) {
		found = units[i];
		if (found)
			*caps = hfi1u_caps_read(units[i]->dd);
	}
	mutex_unlock(&units_lock);
	return found;
}
